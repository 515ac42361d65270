namespace Recount.Capture.Intake;

/// <summary>What the store has of one boot of a node.</summary>
public sealed record IntakeBoot
{
    public required Guid Node { get; init; }

    public required Guid Boot { get; init; }

    /// <summary>How many numbers it used, by its last file; null while it may go on.</summary>
    public required long? Ended { get; init; }

    public required IReadOnlyList<IntakeKey> Objects { get; init; }

    /// <summary>Objects that have a closing sibling, whether they themselves are there or not.</summary>
    public required IReadOnlyList<IntakeKey> Closings { get; init; }

    /// <summary>Keys of files that were being made when their process died, or are being made now.</summary>
    public required IReadOnlyList<string> Temporaries { get; init; }

    /// <summary>Numbers that the boot used for certain; null when nothing but its objects tells.</summary>
    public long? LeastObjects => Closings.Count == 0 ? Ended : Math.Max(Ended ?? 0, Closings.Max(key => key.N) + 1);
}
