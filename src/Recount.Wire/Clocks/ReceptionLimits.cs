namespace Recount.Wire.Clocks;

/// <summary>Nothing is received before it happened: the latest start that a page's receptions allow.</summary>
internal sealed class ReceptionLimits
{
    /// <summary>A node's clock may differ from another's by about this, and a delay is not part of the bound.</summary>
    private const long ToleranceMicros = 1_000_000;

    private readonly ChunkTimes[] _bySeq;

    /// <summary>From each chunk on: the latest start by its entries, and the earliest reception.</summary>
    private readonly (long Start, long Received)[] _limits;

    public ReceptionLimits(IReadOnlyList<ChunkTimes> chunks)
    {
        _bySeq = [.. chunks.OrderBy(chunk => chunk.Seq)];
        _limits = new (long, long)[_bySeq.Length + 1];
        _limits[^1] = (ServerTime.MaxMicros, ServerTime.MaxMicros);
        for (var i = _bySeq.Length - 1; i >= 0; i--)
        {
            var received = ServerTime.Clamp(_bySeq[i].ReceivedMicros);
            var start = received - ServerTime.SpanFromMs(LastClockMs(_bySeq[i]));
            _limits[i] = (Math.Min(_limits[i + 1].Start, start), Math.Min(_limits[i + 1].Received, received));
        }
    }

    /// <summary>Start at which every entry of every chunk lies at or before its reception, microseconds.</summary>
    public long LatestStart => ServerTime.Clamp(_limits[0].Start);

    /// <summary>Whether what was captured from <paramref name="reading"/> on may be placed from this start.</summary>
    public bool Allow(long startMicros, WallReading reading)
    {
        int low = 0, high = _bySeq.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _bySeq[middle].Seq < reading.Seq ? (middle + 1, high) : (low, middle);
        }

        var (start, received) = _limits[low];
        var byReading = received - ServerTime.SpanFromMs(reading.ClockMs);
        return startMicros <= Math.Min(start, byReading) + ToleranceMicros;
    }

    /// <summary>Whether every entry lies at or before its reception on this time line.</summary>
    public bool Allow(PageTimeLine line) => Array.TrueForAll(_bySeq, chunk =>
        line.ServerMicrosAt(LastClockMs(chunk)) <= ServerTime.Clamp(chunk.ReceivedMicros) + ToleranceMicros);

    private static double LastClockMs(ChunkTimes chunk) =>
        ServerTime.ValidClock(chunk.ToMs) ?? ServerTime.ValidClock(chunk.FromMs) ?? 0;
}
