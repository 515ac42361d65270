using Recount.Recordings.Index;
using Recount.Recordings.Seal;
using Recount.Wire.Chunks;

namespace Recount.Recordings.Reading;

/// <summary>All that is known of a session, at one moment: what is sealed, what waits, what is missing.</summary>
public sealed record SessionContent
{
    public required Guid Account { get; init; }

    public required Guid Session { get; init; }

    public required Guid App { get; init; }

    public required DateTimeOffset FirstReceivedAt { get; init; }

    /// <summary>Pages, in no order that is shown.</summary>
    public required IReadOnlyList<PageContent> Pages { get; init; }
}

/// <summary>All that is known of a page.</summary>
public sealed record PageContent
{
    public required PageId Id { get; init; }

    public required DateTimeOffset FirstReceivedAt { get; init; }

    /// <summary>Proven parts, in order, with the time each was last read back.</summary>
    public required IReadOnlyList<(ProvenPart Part, DateTimeOffset VerifiedAt)> Parts { get; init; }

    /// <summary>Chunks that no part holds yet, in order of seq.</summary>
    public required IReadOnlyList<IndexedChunk> Pending { get; init; }

    /// <summary>Entries that say what the page is, in order of seq and position.</summary>
    public required IReadOnlyList<StoredFact> Facts { get; init; }

    /// <summary>Seqs in quarantine, with the reason.</summary>
    public required IReadOnlyList<(int Seq, string Reason)> Quarantined { get; init; }
}

/// <summary>A copied entry as it is stored.</summary>
public sealed record StoredFact(int Seq, int Position, double At, EntryKind Kind, string Data);
