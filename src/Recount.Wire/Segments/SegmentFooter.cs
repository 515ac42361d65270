using Recount.Wire.Chunks;

namespace Recount.Wire.Segments;

/// <summary>What a part holds.</summary>
public enum SegmentKind : byte
{
    /// <summary>The chunks' contents, byte for byte.</summary>
    Recording = 1,

    /// <summary>The entries that tell what happened, without those that a replay draws.</summary>
    Events = 2,
}

/// <summary>Where the frame of a chunk stood in the intake. It is how one sending is told from another.</summary>
public readonly record struct FrameAddress(Guid Node, Guid Boot, long N, int Frame);

/// <summary>The footer of a part: its manifest, and by its hash (the root) the proof of every byte.</summary>
public sealed record SegmentFooter
{
    public const int Version = 1;

    public required SegmentKind Kind { get; init; }

    public required Guid Account { get; init; }

    public required Guid App { get; init; }

    public required Guid Session { get; init; }

    public required Guid Page { get; init; }

    /// <summary>Number of the part in its page, from 0; numbers may have holes.</summary>
    public required int Part { get; init; }

    /// <summary>SHA-256 of the session's write key.</summary>
    public required Hash256 WriteKeyHash { get; init; }

    /// <summary>The installation that sealed it.</summary>
    public required Guid Installation { get; init; }

    /// <summary>Microseconds since the Unix epoch, by the sealing node.</summary>
    public required long SealedAtMicros { get; init; }

    /// <summary>Root of the part before it in the page; null for the first.</summary>
    public Hash256? PreviousRoot { get; init; }

    /// <summary>For an event part, the root of its recording part.</summary>
    public Hash256? RecordingRoot { get; init; }

    /// <summary>Bytes of the uncompressed content.</summary>
    public required long ContentLength { get; init; }

    public required IReadOnlyList<SegmentBlock> Blocks { get; init; }

    /// <summary>The chunks, in order of seq.</summary>
    public required IReadOnlyList<SegmentChunk> Chunks { get; init; }
}

/// <summary>One compressed block.</summary>
public sealed record SegmentBlock
{
    public required long StoredOffset { get; init; }

    public required int StoredLength { get; init; }

    public required Hash256 StoredHash { get; init; }

    public required long ContentOffset { get; init; }

    public required int ContentLength { get; init; }

    public required Hash256 ContentHash { get; init; }

    public required int FirstSeq { get; init; }

    public required int LastSeq { get; init; }

    /// <summary>Least page clock, ms; NaN when unknown.</summary>
    public required double ClockFrom { get; init; }

    /// <summary>Greatest page clock, ms; NaN when unknown.</summary>
    public required double ClockTo { get; init; }

    /// <summary>Its first chunk holds a full snapshot, so a replay can begin here.</summary>
    public required bool StartsWithSnapshot { get; init; }

    /// <summary>Entries by <see cref="EntryKind"/>.</summary>
    public required IReadOnlyList<int> Kinds { get; init; }
}

/// <summary>One chunk of a part, with all that was measured when it came.</summary>
public sealed record SegmentChunk
{
    public required int Seq { get; init; }

    public required long ContentOffset { get; init; }

    public required int ContentLength { get; init; }

    public required Hash256 ContentHash { get; init; }

    /// <summary>Bytes of the body as it was received.</summary>
    public required int ReceivedLength { get; init; }

    /// <summary>Hash of the body as it was received: the receipt's.</summary>
    public required Hash256 ReceivedHash { get; init; }

    public required FrameAddress Frame { get; init; }

    /// <summary>Microseconds since the Unix epoch, by the receiving node.</summary>
    public required long ReceivedAtMicros { get; init; }

    public required int Entries { get; init; }

    public required bool HasSnapshot { get; init; }

    /// <summary>The page ended with this chunk.</summary>
    public required bool IsLast { get; init; }

    /// <summary>Least page clock, ms; NaN when unknown.</summary>
    public required double ClockFrom { get; init; }

    /// <summary>Greatest page clock, ms; NaN when unknown.</summary>
    public required double ClockTo { get; init; }

    /// <summary>The query string as it came, without the write key.</summary>
    public required string Query { get; init; }
}
