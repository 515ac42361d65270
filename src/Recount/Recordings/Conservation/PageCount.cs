using System.Text.Json;
using Recount.Primitives;
using Recount.Recordings.Reading;
using Recount.Wire.Chunks;

namespace Recount.Recordings.Conservation;

/// <summary>Why what an SDK captured and what arrived differ; the closed list of <c>docs/schemas/lists.json</c>.</summary>
public static class CountCause
{
    /// <summary>Chunks in between never came.</summary>
    public const string NotReceived = "not_received";

    /// <summary>Chunks of the page are in quarantine.</summary>
    public const string Quarantined = "quarantined";

    /// <summary>Every chunk is there, and the SDK counted otherwise.</summary>
    public const string Unexplained = "unexplained";

    public static IReadOnlyList<string> All { get; } = [NotReceived, Quarantined, Unexplained];
}

/// <summary>Why an SDK gave entries up, as its <c>gap</c> entries say; the closed list of <c>docs/schemas/lists.json</c>.</summary>
public static class GapReason
{
    /// <summary>Any reason that is not in the list: it came from outside, and counts all the same.</summary>
    public const string Other = "other";

    public static IReadOnlyList<string> All { get; } =
        ["outbox_full", "outbox_lost", "refused", "entry_too_large", "not_captured", "paused", "limit_reached"];
}

/// <summary>The SDK's own count of a page beside what arrived of it.</summary>
public sealed record PageCount
{
    /// <summary>A page can hold no more entries than this; who claims more counts nothing.</summary>
    private const long MaxEntries = (ChunkId.MaxSeq + 1L) * ContentFacts.MaxEntries;

    /// <summary>Entries captured, as the last chunk says that says anything.</summary>
    public required long Captured { get; init; }

    /// <summary>Entries that arrived up to that chunk, those left out that only say what is missing.</summary>
    public required long Arrived { get; init; }

    /// <summary>Entries that the SDK gave up, by the reason it gave.</summary>
    public required IReadOnlyDictionary<string, long> Dropped { get; init; }

    /// <summary>One of <see cref="CountCause"/>; null where there is no difference.</summary>
    public string? Cause { get; private init; }

    /// <summary>Captured, and neither arrived nor given up; negative when more arrived than was captured.</summary>
    public long Difference => Captured - Arrived - Dropped.Values.Sum();

    /// <returns>Null when no chunk of the page says how many entries were captured.</returns>
    public static PageCount? Of(PageView page)
    {
        var told = page.Chunks
            .Select(chunk => (chunk.Chunk.Seq, ChunkQuery.Parse(chunk.Chunk.Query).Captured))
            .LastOrDefault(chunk => chunk.Captured is >= 0 and <= MaxEntries);
        if (told.Captured is not { } captured)
        {
            return null;
        }

        var gaps = page.Facts.Where(fact => fact.Kind == EntryKind.Gap && fact.Seq <= told.Seq).Select(GapEntry.Of).ToList();
        var entries = page.Chunks.Where(chunk => chunk.Chunk.Seq <= told.Seq).Sum(chunk => (long)chunk.Chunk.Entries);
        var count = new PageCount
        {
            Captured = captured,
            Arrived = entries - gaps.Count(gap => gap.StandsForEntries),
            Dropped = gaps.GroupBy(gap => gap.Reason).ToDictionary(group => group.Key, group => group.Sum(gap => gap.Count)),
        };
        return count.Difference == 0 ? count : count with { Cause = CauseOf(page, told.Seq) };
    }

    private static string CauseOf(PageView page, int lastSeq)
    {
        var causes = page.Gaps.Where(gap => gap.FromSeq <= lastSeq).Select(gap => gap.Cause).ToHashSet();
        return causes.Contains(GapCause.Quarantined) ? CountCause.Quarantined
            : causes.Contains(GapCause.NotReceived) ? CountCause.NotReceived
            : CountCause.Unexplained;
    }

    /// <param name="Reason">As the SDK says, if it is one that is known.</param>
    /// <param name="Count">Entries that are missing.</param>
    /// <param name="StandsForEntries">It took the place of entries, as its <c>bytes</c> say; else it was captured itself.</param>
    private readonly record struct GapEntry(string Reason, long Count, bool StandsForEntries)
    {
        public static GapEntry Of(StoredFact fact)
        {
            using var data = JsonDocument.Parse(fact.Data);
            var gap = data.RootElement;
            var reason = gap.Text("reason");
            return new GapEntry(
                GapReason.All.Contains(reason) ? reason! : GapReason.Other,
                (long)Math.Clamp(gap.Number("count") ?? 0, 0, MaxEntries),
                gap.Number("bytes") is not null);
        }
    }
}
