using Recount.Wire;
using Recount.Wire.Chunks;

namespace Recount.Capture.Intake;

/// <summary>What is known of a chunk when it is received, without looking into its body.</summary>
public sealed record IntakeFrameHead
{
    public required Guid Account { get; init; }

    public required Guid App { get; init; }

    public required ChunkId Chunk { get; init; }

    /// <summary>Microseconds since the Unix epoch, by the node's <see cref="NodeClock"/>.</summary>
    public required long ReceivedAtMicros { get; init; }

    /// <summary>Hash of the body as it was received.</summary>
    public required Hash256 ReceivedHash { get; init; }

    /// <summary>Hash of the session's write key.</summary>
    public required Hash256 WriteKeyHash { get; init; }

    /// <summary>The query as it came, without the write key.</summary>
    public required string Query { get; init; }
}

/// <summary>One frame of an intake object.</summary>
/// <param name="Number">Its number in the object.</param>
/// <param name="Offset">Offset of the frame in the object.</param>
/// <param name="Length">Bytes of the whole frame.</param>
/// <param name="Head">What was known when it came.</param>
/// <param name="Body">The body as it was received.</param>
/// <param name="IsBodyWhole">False when the body is not what was written; the head still is.</param>
public sealed record IntakeFrame(
    int Number, long Offset, int Length, IntakeFrameHead Head, ReadOnlyMemory<byte> Body, bool IsBodyWhole);

/// <summary>A range of committed bytes that is no whole record.</summary>
/// <param name="Offset">Offset in the object.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Proven">
/// False when it belongs to the last group of an object that nobody closed: it may never have been acknowledged.
/// </param>
public sealed record IntakeDamage(long Offset, long Length, bool Proven);
