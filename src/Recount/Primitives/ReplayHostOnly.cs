namespace Recount.Primitives;

/// <summary>
/// Endpoint metadata: the endpoint answers on the replay host and nowhere else. Every other endpoint answers on the app
/// hosts and never on the replay host, where recorded content lives.
/// </summary>
public sealed class ReplayHostOnly
{
    public static ReplayHostOnly Instance { get; } = new();
}
