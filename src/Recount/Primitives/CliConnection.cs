using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Recount.Primitives;

/// <summary>The Unix socket by which the command line speaks to the running server.</summary>
public static class CliConnection
{
    /// <summary>The socket's name in the runtime directory.</summary>
    public const string SocketName = "recount.sock";

    /// <summary>
    /// Whether the request came by that socket. It lies in a directory that only the installation's own user may enter,
    /// so whoever connects may read and write everything anyway: the request is the operator's.
    /// </summary>
    public static bool IsCli(this HttpContext context) =>
        context.Features.Get<IConnectionSocketFeature>()?.Socket.AddressFamily == AddressFamily.Unix;
}
