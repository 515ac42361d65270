using System.Globalization;
using Recount.Recordings.Reading;
using Recount.Wire.Clocks;

namespace Recount.Replay;

/// <summary>What a session consists of, for the player: <c>docs/replay-protocol.md</c>. Names become snake case.</summary>
public sealed record ReplayManifest
{
    public const int CurrentVersion = 1;
    private const double MicrosPerMs = 1000;

    public int Version { get; init; } = CurrentVersion;

    public required Guid Session { get; init; }

    public required Guid App { get; init; }

    /// <summary>One of <see cref="SessionState"/>.</summary>
    public required string State { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required double DurationMs { get; init; }

    public required IReadOnlyList<ManifestPage> Pages { get; init; }

    /// <param name="session">The session.</param>
    /// <param name="state">Its state now.</param>
    public static ReplayManifest Of(SessionView session, string state) => new()
    {
        Session = session.Content.Session,
        App = session.Content.App,
        State = state,
        StartedAt = session.StartedAt,
        DurationMs = session.DurationMs,
        Pages = [.. session.Pages.Select((page, index) => PageOf(session.TimeLine, page.View, page.Span, index))],
    };

    private static ManifestPage PageOf(SessionTimeLine line, PageView page, PageSpan span, int index)
    {
        var stretches = page.TimeLine.Stretches
            .Select(stretch => new ManifestStretch(
                stretch.FromClockMs, (stretch.StartMicros - line.StartMicros) / MicrosPerMs, NameOf(stretch.Quality)))
            .ToList();
        return new ManifestPage
        {
            Page = span.Page,
            Ordinal = page.Ordinal ?? index,
            Url = page.Url ?? "",
            Title = page.Title ?? "",
            Viewport = new ManifestViewport(page.Description.ViewportWidth ?? 0, page.Description.ViewportHeight ?? 0),
            ColorScheme = page.Description.ColorScheme,
            StartMs = stretches[0].StartMs,
            EndMs = span.EndMs,
            Quality = NameOf(span.Quality),
            ErrorMs = page.TimeLine.StretchAt(page.FirstClock ?? 0).ErrorMs,
            Ended = page.HasEnded,
            Stretches = stretches,
            Blocks = [.. PageBlocks.Of(page.Content).Select(BlockOf)],
            Gaps = [.. page.Gaps.Select(gap =>
                new ManifestGap(gap.FromSeq, gap.ToSeq, gap.Cause, gap.Reason, gap.FromClock, gap.ToClock))],
        };
    }

    private static ManifestBlock BlockOf(PageBlock block) => new()
    {
        Address = block.Part is { } part
            ? string.Create(CultureInfo.InvariantCulture, $"parts/{part}/{block.Number}")
            : string.Create(CultureInfo.InvariantCulture, $"chunks/{block.Number}"),
        Sha256 = block.ContentHash.ToString(),
        Bytes = block.ContentLength,
        FirstSeq = block.FirstSeq,
        LastSeq = block.LastSeq,
        From = Known(block.ClockFrom),
        To = Known(block.ClockTo),
        Snapshot = block.StartsWithSnapshot,
        Chunks = [.. block.Chunks.Select(chunk => new[] { chunk.Seq, chunk.Length })],
    };

    private static double? Known(double clock) => double.IsFinite(clock) ? clock : null;

    private static string NameOf(TimeQuality quality) => quality.ToString().ToLowerInvariant();
}

/// <summary>One document or screen life.</summary>
public sealed record ManifestPage
{
    public required Guid Page { get; init; }

    public required int Ordinal { get; init; }

    public required string Url { get; init; }

    public required string Title { get; init; }

    public required ManifestViewport Viewport { get; init; }

    /// <summary><c>light</c> or <c>dark</c>: what the visitor's browser preferred; null when unknown.</summary>
    public required string? ColorScheme { get; init; }

    /// <summary>Where page clock 0 lies, ms after the session's start.</summary>
    public required double StartMs { get; init; }

    public required double EndMs { get; init; }

    public required string Quality { get; init; }

    public required double ErrorMs { get; init; }

    public required bool Ended { get; init; }

    public required IReadOnlyList<ManifestStretch> Stretches { get; init; }

    public required IReadOnlyList<ManifestBlock> Blocks { get; init; }

    public required IReadOnlyList<ManifestGap> Gaps { get; init; }
}

/// <summary>Size of a page, CSS pixels; 0 when unknown.</summary>
public sealed record ManifestViewport(double Width, double Height);

/// <summary>From <paramref name="FromClock"/> on, page clock 0 lies at <paramref name="StartMs"/>.</summary>
public sealed record ManifestStretch(double FromClock, double StartMs, string Quality);

/// <summary>What cannot be played.</summary>
public sealed record ManifestGap(int FromSeq, int ToSeq, string Cause, string? Reason, double? From, double? To);

/// <summary>A run of chunks that is fetched at once.</summary>
public sealed record ManifestBlock
{
    /// <summary><c>parts/{part}/{block}</c> or <c>chunks/{seq}</c>.</summary>
    public required string Address { get; init; }

    /// <summary>Of the decoded content, as are <see cref="Bytes"/>.</summary>
    public required string Sha256 { get; init; }

    public required int Bytes { get; init; }

    public required int FirstSeq { get; init; }

    public required int LastSeq { get; init; }

    public required double? From { get; init; }

    public required double? To { get; init; }

    public required bool Snapshot { get; init; }

    /// <summary>Seq and length of each chunk.</summary>
    public required IReadOnlyList<int[]> Chunks { get; init; }
}
