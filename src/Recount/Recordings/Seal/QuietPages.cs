using System.Collections.Concurrent;

namespace Recount.Recordings.Seal;

/// <summary>What the working index holds of one page.</summary>
/// <param name="Page">The page.</param>
/// <param name="Chunks">Unsealed chunks.</param>
/// <param name="Bytes">Their bytes as received.</param>
/// <param name="NewestSeq">Greatest seq among them.</param>
/// <param name="HasEnded">The page ended.</param>
public sealed record UnsealedPage(Index.PageId Page, long Chunks, long Bytes, int NewestSeq, bool HasEnded);

/// <summary>
/// Decides which pages are due, by this process's own monotonic observation: no wall clock, neither a client's nor a
/// node's, says how long a page has been quiet.
/// </summary>
public sealed class QuietPages(RecordingsOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<Index.PageId, Observation> observations = [];

    /// <param name="pages">All pages with unsealed chunks.</param>
    /// <returns>Those that are to be sealed now.</returns>
    public List<UnsealedPage> Due(IReadOnlyList<UnsealedPage> pages)
    {
        var now = time.GetTimestamp();
        var due = new List<UnsealedPage>();
        foreach (var page in pages)
        {
            if (!observations.TryGetValue(page.Page, out var seen))
            {
                observations[page.Page] = seen = new Observation(page, now, now);
            }
            else if (seen.Page != page)
            {
                observations[page.Page] = seen = seen with { Page = page, ChangedAt = now };
            }

            if (IsDue(page, time.GetElapsedTime(seen.ChangedAt, now), time.GetElapsedTime(seen.FirstSeenAt, now)))
            {
                due.Add(page);
            }
        }

        Forget(pages);
        return due;
    }

    /// <summary>A page that was sealed begins anew with what is left of it. Pages may be sealed at once.</summary>
    public void Sealed(Index.PageId page) => observations.TryRemove(page, out _);

    private bool IsDue(UnsealedPage page, TimeSpan quiet, TimeSpan age) =>
        quiet >= options.QuietPeriod
        || (page.HasEnded && quiet >= options.EndedQuietPeriod)
        || page.Bytes >= options.MaxUnsealedBytes.Bytes
        || age >= options.MaxUnsealedAge;

    private void Forget(IReadOnlyList<UnsealedPage> pages)
    {
        var there = pages.Select(page => page.Page).ToHashSet();
        foreach (var gone in observations.Keys.Where(page => !there.Contains(page)).ToArray())
        {
            observations.TryRemove(gone, out _);
        }
    }

    private sealed record Observation(UnsealedPage Page, long FirstSeenAt, long ChangedAt);
}
