namespace Recount.Recordings.Rebuild;

/// <summary>What a rebuild has done so far.</summary>
public sealed record RebuildReport
{
    public int Sessions { get; init; }

    public int Parts { get; init; }

    public int Chunks { get; init; }

    public int Quarantined { get; init; }

    /// <summary>Intake objects that had been released before; their chunks are known from the parts that hold them.</summary>
    public int ReleasedObjects { get; init; }

    /// <summary>Objects that are no whole parts, with what is wrong with each.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    /// <summary>Accounts and apps that recordings belong to.</summary>
    public IReadOnlySet<(Guid Account, Guid App)> Owners { get; init; } = new HashSet<(Guid, Guid)>();

    /// <summary>Nothing is left to do.</summary>
    public bool IsComplete { get; init; }
}
