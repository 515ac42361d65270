namespace Recount.Primitives;

/// <summary>Under which addresses this installation is found. Registered by the host.</summary>
public sealed class Site
{
    /// <summary>Host names, without port, on which people and the SDK reach the app.</summary>
    public required IReadOnlyList<string> AppHosts { get; init; }

    /// <summary>Host name, without port, that serves recorded content and nothing else; never one of the app's.</summary>
    public required string ReplayHost { get; init; }

    /// <summary>Whether the demo shop is served.</summary>
    public bool Demo { get; init; } = true;

    /// <summary>
    /// Where a person opens the app, for links that are printed or sent: <c>http://localhost:5080</c>. Known once the
    /// server listens.
    /// </summary>
    public Uri Address { get; private set; } = new("http://localhost");

    /// <summary>The replay host's origin beside an origin of the app: same scheme, same port.</summary>
    public Uri ReplayOrigin(Uri app) => new UriBuilder(app.Scheme, ReplayHost, app.Port).Uri;

    /// <summary>Says where the app is; called by the host when it listens.</summary>
    public void ListenAt(Uri address) => Address = address;
}
