using Recount.Wire.Clocks;

namespace Recount.Recordings.Reading;

/// <summary>A session derived from what is known of it: its pages in order, on one time line.</summary>
public sealed class SessionView
{
    public SessionView(SessionContent content)
    {
        Content = content;
        var views = content.Pages.Select(page => new PageView(page)).ToDictionary(view => view.Content.Id.Page);
        TimeLine = SessionTimeLine.Derive([.. views.Values.Select(view => new PageFacts(
            view.Content.Id.Page, view.Ordinal, view.FirstReceivedMicros, view.TimeLine, view.FirstClock, view.LastClock))]);
        Pages = [.. TimeLine.Pages.Select(span => (views[span.Page], span))];
    }

    public SessionContent Content { get; }

    public SessionTimeLine TimeLine { get; }

    /// <summary>Pages in the order in which they are played.</summary>
    public IReadOnlyList<(PageView View, PageSpan Span)> Pages { get; }

    public DateTimeOffset StartedAt =>
        Capture.Intake.NodeClock.FromMicros(TimeLine.StartMicros);

    /// <summary>Bounded so that it can be shown: a page clock is the client's, and may claim ages.</summary>
    public long DurationMs => (long)Math.Clamp(TimeLine.DurationMs, 0, 1e15);

    /// <summary>Worst quality among the pages: what the session's time line can be trusted for.</summary>
    public TimeQuality Quality => Pages.Count == 0 ? TimeQuality.Unknown : Pages.Max(page => page.Span.Quality);

    /// <summary>The device's wall clock minus the server's time where it is furthest off, ms; null when unknown.</summary>
    public double? SkewMs => Pages.Select(page => page.View.TimeLine.SkewMs).MaxBy(skew => Math.Abs(skew ?? 0));

    /// <summary>
    /// Who it was: whom the site identified, on whichever page; else the SDK's own name for the visitor, which every page
    /// goes on to send.
    /// </summary>
    public string? Person =>
        Pages.Select(page => page.View.Description.Identified).LastOrDefault(person => person is not null)
        ?? Pages.Select(page => page.View.Description.Visitor).LastOrDefault(person => person is not null);

    public int Chunks => Pages.Sum(page => page.View.Chunks.Count);

    public int PendingChunks => Pages.Sum(page => page.View.Content.Pending.Count);

    public long Entries => Pages.Sum(page => page.View.Chunks.Sum(chunk => (long)chunk.Chunk.Entries));

    public int Gaps => Pages.Sum(page => page.View.Gaps.Count);

    /// <summary>When its last chunk came, by the receiving node.</summary>
    public DateTimeOffset LastReceivedAt
    {
        get
        {
            var received = Pages.SelectMany(page => page.View.Chunks).Select(chunk => chunk.Chunk.ReceivedAtMicros);
            return received.Any() ? Capture.Intake.NodeClock.FromMicros(received.Max()) : Content.FirstReceivedAt;
        }
    }
}
