namespace Recount.Recordings.Reading;

/// <summary>Where a session is on its way; the closed list of <c>docs/schemas/lists.json</c>.</summary>
public static class SessionState
{
    /// <summary>Chunks came a moment ago.</summary>
    public const string Live = "live";

    /// <summary>Quiet, and some chunks wait to be sealed.</summary>
    public const string Pending = "pending";

    /// <summary>Every chunk is in a proven part.</summary>
    public const string Sealed = "sealed";

    public static IReadOnlyList<string> All { get; } = [Live, Pending, Sealed];

    public static string Of(int pendingChunks, DateTimeOffset lastReceivedAt, DateTimeOffset now, TimeSpan liveWindow) =>
        pendingChunks == 0 ? Sealed
        : now - lastReceivedAt < liveWindow ? Live
        : Pending;
}
