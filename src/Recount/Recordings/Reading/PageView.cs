using System.Text.Json;
using Recount.Capture.Intake;
using Recount.Primitives;
using Recount.Recordings.Index;
using Recount.Recordings.Seal;
using Recount.Wire.Chunks;
using Recount.Wire.Clocks;
using Recount.Wire.Segments;

namespace Recount.Recordings.Reading;

/// <summary>Seqs of a page that cannot be played.</summary>
/// <param name="FromSeq">First seq.</param>
/// <param name="ToSeq">Last seq.</param>
/// <param name="Cause">One of <see cref="GapCause"/>.</param>
/// <param name="Reason">What is known beyond the cause.</param>
/// <param name="FromClock">Page clock before the gap, ms; null when unknown.</param>
/// <param name="ToClock">Page clock behind the gap, ms; null when unknown.</param>
public sealed record PageGap(int FromSeq, int ToSeq, string Cause, string? Reason, double? FromClock, double? ToClock);

/// <summary>A chunk of a page, wherever it is kept.</summary>
/// <param name="Chunk">As it was measured.</param>
/// <param name="Part">The part that holds it; null while it is pending.</param>
public sealed record PageChunk(SegmentChunk Chunk, ProvenPart? Part);

/// <summary>A page derived from what is known of it. Everything here can be derived again; nothing of it is stored.</summary>
public sealed class PageView
{
    public PageView(PageContent content)
    {
        Content = content;
        Chunks = MergeChunks(content);
        var seqs = Chunks.Select(chunk => chunk.Chunk.Seq).ToHashSet();
        Facts = [.. content.Facts.Where(fact => seqs.Contains(fact.Seq))];
        Description = PageDescription.Of(Facts);
        TimeLine = PageClock.Derive(
            [.. Chunks.Select(Times)],
            [.. Facts.Where(fact => fact.Kind == EntryKind.Anchor).Select(Anchor)],
            Description.Opened);
        Gaps = [.. MissingChunks().Concat(NotSent()).OrderBy(gap => gap.FromSeq)];
    }

    public PageContent Content { get; }

    /// <summary>Every chunk once, in order of seq.</summary>
    public IReadOnlyList<PageChunk> Chunks { get; }

    public IReadOnlyList<StoredFact> Facts { get; }

    public PageTimeLine TimeLine { get; }

    public IReadOnlyList<PageGap> Gaps { get; }

    /// <summary>What the page says of itself.</summary>
    public PageDescription Description { get; }

    public int? Ordinal => Description.Ordinal;

    public string? Url => Description.Url;

    public string? Title => Description.Title;

    /// <summary>The page ended: its last chunk came.</summary>
    public bool HasEnded => Chunks.Any(chunk => chunk.Chunk.IsLast);

    /// <summary>Least page clock, ms; null when unknown.</summary>
    public double? FirstClock => Chunks.Select(chunk => Known(chunk.Chunk.ClockFrom)).Min();

    /// <summary>Greatest page clock, ms; null when unknown.</summary>
    public double? LastClock => Chunks.Select(chunk => Known(chunk.Chunk.ClockTo)).Max();

    public long FirstReceivedMicros => NodeClock.ToMicros(Content.FirstReceivedAt);

    private static double? Known(double clock) => double.IsNaN(clock) ? null : clock;

    private static List<PageChunk> MergeChunks(PageContent content)
    {
        var bySeq = new SortedDictionary<int, PageChunk>();
        foreach (var (part, _) in content.Parts)
        {
            foreach (var chunk in part.Footer.Chunks)
            {
                bySeq.TryAdd(chunk.Seq, new PageChunk(chunk, part));
            }
        }

        foreach (var chunk in content.Pending)
        {
            bySeq.TryAdd(chunk.Chunk.Seq, new PageChunk(chunk.ToSegmentChunk(), null));
        }

        return [.. bySeq.Values];
    }

    private static ChunkTimes Times(PageChunk chunk) => ChunkTimes.Of(
        chunk.Chunk.Seq, chunk.Chunk.Frame.Boot, chunk.Chunk.ReceivedAtMicros, ChunkQuery.Parse(chunk.Chunk.Query));

    private static ClockAnchor Anchor(StoredFact fact)
    {
        using var data = JsonDocument.Parse(fact.Data);
        return new ClockAnchor(
            fact.Seq, fact.Position, data.RootElement.Number("wall"), data.RootElement.Number("clock"));
    }

    private IEnumerable<PageGap> MissingChunks()
    {
        var reasons = Content.Quarantined.GroupBy(row => row.Seq).ToDictionary(group => group.Key, group => group.First().Reason);
        var greatest = Math.Max(
            Chunks.Count > 0 ? Chunks[^1].Chunk.Seq : -1, reasons.Count > 0 ? reasons.Keys.Max() : -1);
        var at = 0;
        PageGap? open = null;
        double? before = null;
        for (var seq = 0; seq <= greatest; seq++)
        {
            if (at < Chunks.Count && Chunks[at].Chunk.Seq == seq)
            {
                var chunk = Chunks[at++].Chunk;
                if (open is not null)
                {
                    yield return open with { ToClock = Known(chunk.ClockFrom) };
                    open = null;
                }

                before = Known(chunk.ClockTo) ?? before;
                continue;
            }

            var reason = reasons.GetValueOrDefault(seq);
            var cause = reason is null ? GapCause.NotReceived : GapCause.Quarantined;
            if (open is not null && open.Cause == cause && open.Reason == reason)
            {
                open = open with { ToSeq = seq };
                continue;
            }

            if (open is not null)
            {
                yield return open;
            }

            open = new PageGap(seq, seq, cause, reason, before, null);
        }

        if (open is not null)
        {
            yield return open;
        }
    }

    private IEnumerable<PageGap> NotSent()
    {
        foreach (var fact in Facts.Where(fact => fact.Kind == EntryKind.Gap))
        {
            using var data = JsonDocument.Parse(fact.Data);
            var gap = data.RootElement;
            var at = Known(fact.At);
            yield return new PageGap(
                fact.Seq, fact.Seq, GapCause.NotSent, gap.Text("reason"), gap.Number("from") ?? at, gap.Number("to") ?? at);
        }
    }
}
