namespace Recount.Wire.Clocks;

/// <summary>
/// A page known only from a later document: nothing was sent under its own page clock, so only the device's wall
/// clock ties it to the server's time, and only if nobody set that clock in between.
/// </summary>
internal static class OutboxPage
{
    private const double LeastErrorMs = 1000;

    public static PageTimeLine Derive(
        IReadOnlyList<ChunkTimes> chunks, IReadOnlyList<WallReading> readings, ReceptionLimits limits)
    {
        var behind = ServerAheadOfWall(chunks);
        if (behind is { } correction && readings.Count > 0)
        {
            // The last reading is the nearest to the sending: a clock set while the page was open is behind it.
            var start = ServerTime.FromMs(readings[^1].OffsetMs + correction.LeastMs);
            var known = new Stretch(
                0, start, TimeQuality.Estimated, Math.Max(LeastErrorMs, correction.SpreadMs));
            var stretches = UnsentStretches.Before(known, WallJump.Between(readings), slept: true);
            var line = new PageTimeLine(stretches, -correction.LeastMs);
            if (limits.Allow(line) && IsRecent(start, limits))
            {
                return line;
            }
        }

        var latest = chunks.Count > 0 ? limits.LatestStart : 0;
        var unknown = new Stretch(0, ServerTime.Clamp(latest), TimeQuality.Unknown, Stretch.UnboundedMs);
        return new PageTimeLine([unknown], -behind?.LeastMs);
    }

    /// <summary>Older than a device keeps what it could not send: its clock was set between opening and sending.</summary>
    private static bool IsRecent(long startMicros, ReceptionLimits limits) =>
        startMicros >= limits.LatestStart - ServerTime.SpanFromMs(WallJump.LongestUnsentMs);

    /// <summary>Received minus sent: least for each node, the median of the nodes, and how far sends spread.</summary>
    private static (double LeastMs, double SpreadMs)? ServerAheadOfWall(IReadOnlyList<ChunkTimes> chunks)
    {
        var byNode = chunks
            .Where(chunk => ServerTime.ValidWall(chunk.SentWallMs) is not null)
            .GroupBy(
                chunk => chunk.Boot,
                chunk => ServerTime.ToMs(ServerTime.Clamp(chunk.ReceivedMicros)) - chunk.SentWallMs!.Value)
            .Select(node => (Least: node.Min(), Greatest: node.Max()))
            .OrderBy(node => node.Least)
            .ToArray();
        if (byNode.Length == 0)
        {
            return null;
        }

        var low = byNode[(byNode.Length - 1) / 2].Least;
        var high = byNode[byNode.Length / 2].Least;
        var spread = byNode.Max(node => node.Greatest) - byNode[0].Least;
        return (low + (high - low) / 2, Math.Min(spread, Stretch.UnboundedMs));
    }
}
