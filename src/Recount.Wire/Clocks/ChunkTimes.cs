using Recount.Wire.Chunks;

namespace Recount.Wire.Clocks;

/// <summary>
/// The clock readings that came with one chunk, as they came. Any may be absent, NaN, infinite or absurd; what is
/// not believable is treated as unknown, never as an error.
/// </summary>
/// <param name="Seq">The chunk's number in its page.</param>
/// <param name="Boot">The boot of the node that received it: its <paramref name="ReceivedMicros"/> share one clock.</param>
/// <param name="ReceivedMicros">Reception, microseconds since the Unix epoch on that node's clock.</param>
/// <param name="SentWallMs">The device's wall clock when it sent the chunk, Unix ms.</param>
/// <param name="ClockMs">The page clock at the same moment, ms; null when a later document sent the chunk.</param>
/// <param name="FromMs">Page clock of the first entry, ms.</param>
/// <param name="ToMs">Page clock of the last entry, ms.</param>
public readonly record struct ChunkTimes(
    int Seq, Guid Boot, long ReceivedMicros, double? SentWallMs, double? ClockMs, double? FromMs, double? ToMs)
{
    /// <summary>The readings that a chunk's query tells.</summary>
    public static ChunkTimes Of(int seq, Guid boot, long receivedMicros, ChunkQuery query) =>
        new(seq, boot, receivedMicros, query.Sent, query.Clock, query.From, query.To);
}
