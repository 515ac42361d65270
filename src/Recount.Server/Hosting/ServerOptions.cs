using System.ComponentModel.DataAnnotations;
using System.Net;
using Recount.Primitives;

namespace Recount.Server.Hosting;

/// <summary>Section <c>Server</c>: where this process listens and under which names.</summary>
public sealed class ServerOptions : IValidatableObject
{
    /// <summary>TCP port, 0–65535; 0 takes a free one. Default 5080.</summary>
    [Range(0, 65535)]
    public int Port { get; init; } = 5080;

    /// <summary>
    /// IP address to listen on beyond loopback (<c>0.0.0.0</c>, <c>::</c>). Null (default): loopback only. Wants
    /// <see cref="Certificate"/> or <see cref="TrustedProxies"/>.
    /// </summary>
    public string? Listen { get; init; }

    /// <summary>PEM file with the TLS certificate chain. Null (default): plain HTTP.</summary>
    public string? Certificate { get; init; }

    /// <summary>PEM file with the certificate's private key.</summary>
    public string? CertificateKey { get; init; }

    /// <summary>
    /// Addresses or networks (<c>10.0.0.0/8</c>) of the reverse proxies whose X-Forwarded-For, -Proto and -Host are
    /// believed. Default: none.
    /// </summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    /// <summary>
    /// The address people use, when it is not this machine's: <c>https://recount.example.com</c>. Its host becomes an
    /// app host. Null (default): <c>http://localhost:PORT</c>.
    /// </summary>
    public string? PublicUrl { get; init; }

    /// <summary>Host names of the app, without port. Default: the public URL's, and <c>localhost</c>.</summary>
    public IReadOnlyList<string> AppHosts { get; init; } = [];

    /// <summary>Host name, without port, that serves recorded content only. Default <c>127.0.0.1</c>.</summary>
    [Required]
    public string ReplayHost { get; init; } = "127.0.0.1";

    /// <summary>Whether the demo shop is served. Default true.</summary>
    public bool Demo { get; init; } = true;

    /// <summary>Which roles this process has, with commas between them. Null (default): all.</summary>
    public string? Roles { get; init; }

    /// <summary>Directory in which the directory for sockets is made, at most 60 characters. Null: the system's.</summary>
    public string? RuntimeDirectory { get; init; }

    /// <summary>Whether <c>/metrics</c> answers to other machines too. Default false.</summary>
    public bool PublicMetrics { get; init; }

    /// <summary>How long a stop may take before what still runs is left to its own, 1 s–10 min. Default 9 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(9);

    /// <summary>The hosts of the app, defaults filled in.</summary>
    public IReadOnlyList<string> EffectiveAppHosts => AppHosts.Count > 0
        ? AppHosts
        : PublicUrl is null ? ["localhost"] : [new Uri(PublicUrl).Host, "localhost"];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        ListenErrors().Concat(HostErrors()).Concat(ProcessErrors());

    private IEnumerable<ValidationResult> ListenErrors()
    {
        if (Listen is not null && !IPAddress.TryParse(Listen, out _))
        {
            yield return Error(nameof(Listen), $"'{Listen}' is not an IP address.");
        }

        if (Listen is not null && Certificate is null && TrustedProxies.Count == 0)
        {
            yield return Error(
                nameof(Listen),
                "Beyond loopback sessions and passwords need TLS: set Server:Certificate and Server:CertificateKey, or "
                + "Server:TrustedProxies to the reverse proxy that terminates it.");
        }

        if (Certificate is null != CertificateKey is null)
        {
            yield return Error(
                Certificate is null ? nameof(Certificate) : nameof(CertificateKey),
                "Server:Certificate and Server:CertificateKey are set together.");
        }
    }

    private IEnumerable<ValidationResult> HostErrors()
    {
        foreach (var proxy in TrustedProxies.Where(proxy => !IsAddress(proxy)))
        {
            yield return Error(nameof(TrustedProxies), $"'{proxy}' is neither an IP address nor a network.");
        }

        if (PublicUrl is not null && !IsWebAddress(PublicUrl))
        {
            yield return Error(nameof(PublicUrl), $"'{PublicUrl}' is not an http or https address.");
        }
        else if (EffectiveAppHosts.Contains(ReplayHost, StringComparer.OrdinalIgnoreCase))
        {
            yield return Error(
                nameof(ReplayHost), "Recorded content needs a host of its own: it must not be one of the app's hosts.");
        }
    }

    private IEnumerable<ValidationResult> ProcessErrors()
    {
        if (ProcessRoles.Unknown(Roles) is { } unknown)
        {
            yield return Error(
                nameof(Roles), $"'{unknown}' is no role; roles are {string.Join(", ", ProcessRoles.Known)}.");
        }

        if (RuntimeDirectory is not null && Path.GetFullPath(RuntimeDirectory).Length > Primitives.RuntimeDirectory.MaxParentLength)
        {
            yield return Error(
                nameof(RuntimeDirectory),
                $"'{RuntimeDirectory}' is longer than {Primitives.RuntimeDirectory.MaxParentLength} characters; a socket's "
                + "path must fit into 107.");
        }
    }

    private static bool IsAddress(string text) => IPAddress.TryParse(text, out _) || IPNetwork.TryParse(text, out _);

    private static bool IsWebAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";

    private static ValidationResult Error(string member, string message) => new(message, [member]);
}
