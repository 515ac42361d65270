namespace Recount.Wire.Clocks;

/// <summary>
/// Places a page on the server's time line from what was measured: receptions, page clocks, anchors. Nothing a
/// device's wall clock shows is ever a time of its own; it only tells a sleep from a slow network
/// (<c>docs/clocks.md</c>).
/// </summary>
public static class PageClock
{
    /// <summary>Entries may carry the clock of a coarser source than the send does; more than this is a lie.</summary>
    private const double ClockSlackMs = 1000;

    /// <summary>
    /// Derives the page's time line. The order of the inputs does not matter, and no input makes it fail.
    /// </summary>
    /// <param name="chunks">One row for each reception of a chunk of the page.</param>
    /// <param name="anchors">The page's anchor entries.</param>
    /// <param name="openedWallMs">The device's wall clock at page clock 0, Unix ms.</param>
    public static PageTimeLine Derive(
        IReadOnlyList<ChunkTimes> chunks, IReadOnlyList<ClockAnchor> anchors, double? openedWallMs)
    {
        var sends = chunks.Select(OwnSend).OfType<Send>().Order().ToArray();
        var readings = WallReading.Collect(openedWallMs, anchors, sends);
        var limits = new ReceptionLimits(chunks);
        if (sends.Length > 0)
        {
            var stretches = new SentPage(sends, WallJump.Between(readings), limits).Derive();
            return new PageTimeLine(stretches, FurthestSkew(stretches, readings));
        }

        return OutboxPage.Derive(chunks, readings, limits);
    }

    /// <summary>A reception whose page clock can be believed: one in range, and not behind the entries it sends.</summary>
    private static Send? OwnSend(ChunkTimes chunk)
    {
        if (ServerTime.ValidClock(chunk.ClockMs) is not { } clock
            || ServerTime.ValidClock(chunk.ToMs) > clock + ClockSlackMs)
        {
            return null;
        }

        var start = ServerTime.Clamp(chunk.ReceivedMicros) - ServerTime.SpanFromMs(clock);
        return new Send(clock, chunk.Seq, chunk.Boot, start, ServerTime.ValidWall(chunk.SentWallMs) - clock);
    }

    private static double? FurthestSkew(List<Stretch> stretches, IReadOnlyList<WallReading> readings)
    {
        var line = new PageTimeLine(stretches, null);
        double? furthest = null;
        foreach (var reading in readings)
        {
            var skew = reading.OffsetMs - ServerTime.ToMs(line.StretchAt(reading.ClockMs).StartMicros);
            if (furthest is null || Math.Abs(skew) > Math.Abs(furthest.Value))
            {
                furthest = skew;
            }
        }

        return furthest;
    }
}
