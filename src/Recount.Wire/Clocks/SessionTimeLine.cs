namespace Recount.Wire.Clocks;

/// <summary>What a session's time line needs of one page.</summary>
/// <param name="Page">The page's id.</param>
/// <param name="Ordinal">Its position in the session as its SDK counted, null when unknown.</param>
/// <param name="FirstReceivedMicros">Reception of its first chunk, microseconds since the Unix epoch.</param>
/// <param name="TimeLine">Its place on the server's time line.</param>
/// <param name="FirstClockMs">Page clock of its first entry, ms; null when unknown.</param>
/// <param name="LastClockMs">Page clock of its last entry, ms; null when unknown.</param>
public sealed record PageFacts(
    Guid Page, int? Ordinal, long FirstReceivedMicros, PageTimeLine TimeLine, double? FirstClockMs, double? LastClockMs);

/// <summary>A page's place in its session.</summary>
/// <param name="Page">The page's id.</param>
/// <param name="StartMs">Its first entry, ms after the session's start. Negative for a page whose start is less
/// certain than the session's and lies before it.</param>
/// <param name="EndMs">Its last entry, ms after the session's start; at or after <paramref name="StartMs"/>.</param>
/// <param name="Track">0 and up: pages that were open together are on different tracks.</param>
/// <param name="Quality">How far its start can be relied on.</param>
public readonly record struct PageSpan(Guid Page, double StartMs, double EndMs, int Track, TimeQuality Quality);

/// <summary>A session's pages on one axis. For showing; lists sort by reception, which never moves.</summary>
public sealed class SessionTimeLine
{
    /// <summary>A new document's clock starts while the old one is still leaving, and both starts are late by their
    /// delay; pages that overlap by less than this followed each other.</summary>
    public const double HandOverMs = 1000;

    private SessionTimeLine(long startMicros, IReadOnlyList<PageSpan> pages)
    {
        StartMicros = startMicros;
        Pages = pages;
        DurationMs = pages.Count == 0 ? 0 : Math.Max(0, pages.Max(page => page.EndMs));
    }

    /// <summary>Least start among the pages that are exact, else among all; microseconds since the Unix epoch, 0
    /// without pages.</summary>
    public long StartMicros { get; }

    /// <summary>From the start to the last entry of any page, ms; at least 0 and at most 9,999 years.</summary>
    public double DurationMs { get; }

    /// <summary>By ordinal (unknown ones last), then first reception, then id.</summary>
    public IReadOnlyList<PageSpan> Pages { get; }

    /// <summary>Derives the axis. The order of the pages given does not matter, and no input makes it fail.</summary>
    public static SessionTimeLine Derive(IReadOnlyList<PageFacts> pages)
    {
        var placed = pages
            .OrderBy(page => page.Ordinal ?? int.MaxValue)
            .ThenBy(page => page.FirstReceivedMicros)
            .ThenBy(page => page.Page)
            .Select(Place)
            .ToArray();
        if (placed.Length == 0)
        {
            return new SessionTimeLine(0, []);
        }

        var best = placed.Any(page => page.Quality == TimeQuality.Exact)
            ? placed.Where(page => page.Quality == TimeQuality.Exact)
            : placed;
        var start = best.Min(page => page.StartMicros);
        var spans = placed
            .Select(page => new PageSpan(
                page.Page,
                ServerTime.ToMs(page.StartMicros - start),
                ServerTime.ToMs(page.EndMicros - start),
                Track: 0,
                page.Quality))
            .ToArray();
        AssignTracks(spans);
        return new SessionTimeLine(start, spans);
    }

    private static Placed Place(PageFacts page)
    {
        var first = ServerTime.ValidClock(page.FirstClockMs) ?? 0;
        var last = Math.Max(first, ServerTime.ValidClock(page.LastClockMs) ?? first);
        return new Placed(
            page.Page,
            page.TimeLine.ServerMicrosAt(first),
            page.TimeLine.ServerMicrosAt(last),
            page.TimeLine.StretchAt(first).Quality);
    }

    /// <summary>Each page takes the lowest track that is free when it starts.</summary>
    private static void AssignTracks(PageSpan[] spans)
    {
        var trackEnds = new List<double>();
        foreach (var i in Enumerable.Range(0, spans.Length).OrderBy(i => spans[i].StartMs))
        {
            var track = trackEnds.FindIndex(end => end <= spans[i].StartMs + HandOverMs);
            if (track < 0)
            {
                track = trackEnds.Count;
                trackEnds.Add(double.NegativeInfinity);
            }

            trackEnds[track] = Math.Max(trackEnds[track], spans[i].EndMs);
            spans[i] = spans[i] with { Track = track };
        }
    }

    private readonly record struct Placed(Guid Page, long StartMicros, long EndMicros, TimeQuality Quality);
}
