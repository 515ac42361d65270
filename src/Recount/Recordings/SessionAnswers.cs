using Recount.Capture.Intake;
using Recount.Recordings.Reading;
using Recount.Recordings.Summaries;
using Recount.Wire.Clocks;

namespace Recount.Recordings;

/// <summary>A page of the list of sessions.</summary>
/// <param name="Items">The sessions, newest first.</param>
/// <param name="Next">The cursor that the next page begins <c>after</c>; null when there is none.</param>
internal sealed record SessionsAnswer(IReadOnlyList<SessionItem> Items, string? Next);

/// <summary>A session in the list.</summary>
internal sealed record SessionItem(
    Guid Session,
    Guid App,
    string? Person,
    DateTimeOffset StartedAt,
    long DurationMs,
    int Pages,
    int Chunks,
    long Entries,
    int Gaps,
    long? SkewMs,
    string State)
{
    /// <summary>A device may send any number for its clock; beyond 30,000 years either way it only says "very wrong".</summary>
    private const double LargestSkewMs = 1e15;

    /// <param name="row">The session.</param>
    /// <param name="state">One of <see cref="SessionState"/>.</param>
    public static SessionItem Of(SessionSummary row, string state) => new(
        row.Session,
        row.App,
        row.Person,
        row.StartedAt,
        row.DurationMs,
        row.Pages,
        row.Chunks,
        row.Entries,
        row.Gaps,
        row.SkewMs is { } skew ? (long)Math.Clamp(skew, -LargestSkewMs, LargestSkewMs) : null,
        state);
}

/// <summary>A session with its pages in play order.</summary>
internal sealed record SessionAnswer(
    Guid Session,
    Guid App,
    string? Person,
    string State,
    DateTimeOffset StartedAt,
    double DurationMs,
    IReadOnlyList<PageAnswer> Pages)
{
    /// <param name="view">The session.</param>
    /// <param name="state">One of <see cref="SessionState"/>.</param>
    public static SessionAnswer Of(SessionView view, string state) => new(
        view.Content.Session,
        view.Content.App,
        view.Person,
        state,
        view.StartedAt,
        view.DurationMs,
        [.. view.Pages.Select(page => PageAnswer.Of(view.StartedAt, page.View, page.Span))]);
}

/// <summary>A page, the sealed parts it consists of, and what is missing of it.</summary>
/// <param name="Page">Its id.</param>
/// <param name="Ordinal">Its number in the session as its SDK gave it.</param>
/// <param name="Url">Address, as recorded.</param>
/// <param name="Title">Title, as recorded.</param>
/// <param name="StartedAt">Start on the server's time line.</param>
/// <param name="Quality">How well the start is known: <c>exact</c>, <c>estimated</c> or <c>unknown</c>.</param>
/// <param name="Parts">Sealed parts, in order.</param>
/// <param name="PendingChunks">Chunks that are stored and not sealed yet.</param>
/// <param name="Gaps">What cannot be played.</param>
internal sealed record PageAnswer(
    Guid Page,
    int? Ordinal,
    string? Url,
    string? Title,
    DateTimeOffset StartedAt,
    string Quality,
    IReadOnlyList<PartAnswer> Parts,
    int PendingChunks,
    IReadOnlyList<GapAnswer> Gaps)
{
    /// <summary>Keeps what a wild device says of a page's start inside what a date can hold, ms.</summary>
    private const double LargestOffsetMs = 1e12;

    public static PageAnswer Of(DateTimeOffset sessionStart, PageView page, PageSpan span) => new(
        span.Page,
        page.Ordinal,
        page.Url,
        page.Title,
        sessionStart.AddMilliseconds(Math.Clamp(span.StartMs, -LargestOffsetMs, LargestOffsetMs)),
        span.Quality.ToString().ToLowerInvariant(),
        [.. page.Content.Parts.Select(part => new PartAnswer(
            part.Part.Footer.Part,
            part.Part.Root.ToString(),
            part.Part.Footer.Chunks.Count,
            NodeClock.FromMicros(part.Part.Footer.SealedAtMicros),
            part.VerifiedAt))],
        page.Content.Pending.Count,
        [.. page.Gaps.Select(gap => new GapAnswer(gap.FromSeq, gap.ToSeq, gap.Cause))]);
}

/// <summary>The receipt of a sealed part.</summary>
/// <param name="Part">Its number in its page.</param>
/// <param name="Root">SHA-256 of its footer, hex.</param>
/// <param name="Chunks">Chunks that it holds.</param>
/// <param name="SealedAt">When it was sealed.</param>
/// <param name="VerifiedAt">When it was last read back and checked.</param>
internal sealed record PartAnswer(int Part, string Root, int Chunks, DateTimeOffset SealedAt, DateTimeOffset? VerifiedAt);

/// <summary>Chunks that cannot be played, first and last seq, and why.</summary>
internal sealed record GapAnswer(int FromSeq, int ToSeq, string Cause);
