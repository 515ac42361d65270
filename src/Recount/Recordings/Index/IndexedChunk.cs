using Recount.Wire;
using Recount.Wire.Chunks;
using Recount.Wire.Segments;

namespace Recount.Recordings.Index;

/// <summary>A chunk that no part holds yet: a row of the working index.</summary>
public sealed record IndexedChunk
{
    public required Guid Account { get; init; }

    public required ChunkId Chunk { get; init; }

    public required FrameAddress Frame { get; init; }

    /// <summary>Offset of the frame in its intake object.</summary>
    public required long FrameOffset { get; init; }

    /// <summary>Bytes of the whole frame.</summary>
    public required int FrameLength { get; init; }

    public required long ReceivedAtMicros { get; init; }

    public required Hash256 ReceivedHash { get; init; }

    /// <summary>Bytes of the body as it was received.</summary>
    public required int ReceivedBytes { get; init; }

    public required Hash256 ContentHash { get; init; }

    public required int ContentBytes { get; init; }

    public required int Entries { get; init; }

    /// <summary>Entries by <see cref="EntryKind"/>.</summary>
    public required int[] Kinds { get; init; }

    public required bool HasSnapshot { get; init; }

    public required bool IsLast { get; init; }

    public required double ClockFrom { get; init; }

    public required double ClockTo { get; init; }

    public required string Query { get; init; }

    /// <summary>The row as a part describes it; the writer sets where the content stands.</summary>
    public SegmentChunk ToSegmentChunk() => new()
    {
        Seq = Chunk.Seq,
        ContentOffset = 0,
        ContentLength = ContentBytes,
        ContentHash = ContentHash,
        ReceivedLength = ReceivedBytes,
        ReceivedHash = ReceivedHash,
        Frame = Frame,
        ReceivedAtMicros = ReceivedAtMicros,
        Entries = Entries,
        HasSnapshot = HasSnapshot,
        IsLast = IsLast,
        ClockFrom = ClockFrom,
        ClockTo = ClockTo,
        Query = Query,
    };
}

/// <summary>Names one page of an account.</summary>
public readonly record struct PageId(Guid Account, Guid Session, Guid Page);
