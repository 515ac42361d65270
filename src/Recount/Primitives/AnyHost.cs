namespace Recount.Primitives;

/// <summary>
/// Endpoint metadata: the endpoint answers whatever host was asked for, because programs ask for it by address.
/// </summary>
public sealed class AnyHost
{
    public static AnyHost Instance { get; } = new();
}
