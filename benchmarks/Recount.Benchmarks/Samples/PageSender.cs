using System.Globalization;

namespace Recount.Benchmarks.Samples;

/// <summary>Visitors that each send pages one after the other, every page whole and in a session of its own.</summary>
/// <param name="key">The app's capture key.</param>
/// <param name="pages">The pages that they send in turn.</param>
/// <param name="visitors">How many.</param>
/// <param name="pagesEach">Pages that each of them sends.</param>
internal sealed class PageSender(
    string key, IReadOnlyList<IReadOnlyList<SampleChunk>> pages, int visitors, int pagesEach)
{
    private readonly Visit[] visits = [.. Enumerable.Range(0, visitors).Select(_ => new Visit())];

    /// <summary>Pages that were begun.</summary>
    public int Begun => visits.Sum(visit => visit.Begun);

    /// <returns>Null when the visitor has sent all its pages.</returns>
    public ChunkRequest? Next(int visitor, long sent)
    {
        var visit = visits[visitor];
        if (visit.Seq == visit.Page.Count)
        {
            if (visit.Begun == pagesEach)
            {
                return null;
            }

            visit.Begin(pages[(visitor + (visit.Begun * visitors)) % pages.Count]);
        }

        return new ChunkRequest(visit.Path(key), visit.Page[visit.Seq++].Body);
    }

    private sealed class Visit
    {
        private Guid session;
        private Guid page;
        private int captured;

        public IReadOnlyList<SampleChunk> Page { get; private set; } = [];

        public int Seq { get; set; }

        public int Begun { get; private set; }

        public void Begin(IReadOnlyList<SampleChunk> next)
        {
            (session, page, Page) = (Guid.NewGuid(), Guid.NewGuid(), next);
            (Seq, captured) = (0, 0);
            Begun++;
        }

        /// <summary>With all that the SDK tells: it is stored, so it counts.</summary>
        public string Path(string key)
        {
            var chunk = Page[Seq];
            captured += chunk.Entries;
            var from = Seq == 0 ? 0 : Page[Seq - 1].ToMs;
            return string.Create(
                CultureInfo.InvariantCulture,
                $"/capture/v1/{key}/{session}/{page}/{Seq}?w=0123456789abcdef0123456789abcdef&sent={1_790_000_000_000 + chunk.ToMs}&clock={chunk.ToMs}&from={from}&to={chunk.ToMs}&n={chunk.Entries}&captured={captured}&dropped=0&enc=gzip{(Seq == Page.Count - 1 ? "&last=1" : "")}");
        }
    }
}
