using Recount.Wire.Clocks;

namespace Recount.Tests.Wire.Clocks;

/// <summary>Writes down by hand what a page sent: page clocks in seconds, delays 40 ms unless told.</summary>
internal sealed class PageRecord
{
    /// <summary>2023-07-22T04:26:40Z.</summary>
    public const long StartMicros = 1_690_000_000_000_000;

    public const double StartMs = StartMicros / 1000d;
    public const double Hour = 3_600_000;
    public const double Day = 24 * Hour;

    private static readonly Guid Node = new(1, 0, 0, new byte[8]);

    private readonly List<ChunkTimes> _chunks = [];
    private readonly List<ClockAnchor> _anchors = [];

    public double? OpenedWallMs { get; init; } = StartMs;

    public PageTimeLine TimeLine => PageClock.Derive(_chunks, _anchors, OpenedWallMs);

    /// <summary>The page itself sends the next chunk.</summary>
    /// <param name="clock">Page clock, s.</param>
    /// <param name="sleptMs">What the device has slept so far.</param>
    /// <param name="wallOffMs">How far its wall clock is off now; NaN for one that tells nothing.</param>
    /// <param name="delayMs">How long the chunk is under way.</param>
    /// <param name="node">Who receives it.</param>
    public PageRecord Sends(
        double clock, double sleptMs = 0, double wallOffMs = 0, double delayMs = 40, Guid? node = null)
    {
        var trueMs = StartMs + sleptMs + clock * 1000;
        _chunks.Add(new ChunkTimes(
            _chunks.Count, node ?? Node, (long)((trueMs + delayMs) * 1000), trueMs + wallOffMs, clock * 1000,
            Math.Max(0, clock - 5) * 1000, clock * 1000));
        return this;
    }

    /// <summary>A later document sends the next chunk, whose entries end at <paramref name="to"/> (s).</summary>
    public PageRecord IsDelivered(double afterMs, double to, double wallOffMs = 0, double delayMs = 40)
    {
        var trueMs = StartMs + afterMs;
        _chunks.Add(new ChunkTimes(
            _chunks.Count, Node, (long)((trueMs + delayMs) * 1000), trueMs + wallOffMs, null, 0, to * 1000));
        return this;
    }

    /// <summary>The device finds its clocks moved apart, in the chunk that is sent next.</summary>
    public PageRecord Anchors(double clock, double sleptMs = 0, double wallOffMs = 0)
    {
        _anchors.Add(new ClockAnchor(
            _chunks.Count, _anchors.Count, StartMs + sleptMs + wallOffMs + clock * 1000, clock * 1000));
        return this;
    }
}
