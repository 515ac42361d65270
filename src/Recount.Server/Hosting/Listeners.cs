using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Recount.Primitives;

namespace Recount.Server.Hosting;

/// <summary>Where Kestrel listens: loopback or what was asked for, and the command line's Unix socket.</summary>
internal static class Listeners
{
    public static void Configure(WebApplicationBuilder builder, ServerOptions settings, DataDirectory data)
    {
        builder.WebHost.UseKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            ListenToPeople(kestrel, settings);
            kestrel.ListenUnixSocket(Path.Combine(data.RuntimeDirectory, CliConnection.SocketName));
        });
    }

    private static void ListenToPeople(KestrelServerOptions kestrel, ServerOptions settings)
    {
        var https = Https(settings);
        if (settings.Listen is { } address)
        {
            kestrel.Listen(IPAddress.Parse(address), settings.Port, https);
        }
        else if (settings.Port == 0)
        {
            // A free port is free on one address only.
            kestrel.Listen(IPAddress.Loopback, 0, https);
        }
        else
        {
            kestrel.ListenLocalhost(settings.Port, https);
        }
    }

    private static Action<ListenOptions> Https(ServerOptions settings)
    {
        if (settings.Certificate is null)
        {
            return _ => { };
        }

        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(settings.Certificate);
        var certificate = X509Certificate2.CreateFromPemFile(settings.Certificate, settings.CertificateKey);
        return listen => listen.UseHttps(https =>
        {
            https.ServerCertificate = certificate;
            https.ServerCertificateChain = chain;
        });
    }
}
