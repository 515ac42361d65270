using System.IO.Compression;
using Recount.Recordings.Index;

namespace Recount.Tests.Recordings.Model;

/// <summary>What a sequence's clients send: first chunks, the same again, other content, what cannot be read.</summary>
internal sealed class ModelTraffic(IReadOnlyList<TestChunk> pages, Random random)
{
    private const int MaxSeq = 5;
    private readonly Dictionary<(PageId Page, int Seq), TestChunk> originals = [];
    private TimeSpan sinceHour;

    public SentChunk Next()
    {
        // Some minutes apart, so that a sequence crosses hours.
        sinceHour += TimeSpan.FromMinutes(random.Next(0, 20));
        var page = pages[random.Next(pages.Count)] with
        {
            Seq = random.Next(MaxSeq + 1), ReceivedAt = TestChunk.Hour + sinceHour,
        };
        var identity = (page.PageId, page.Seq);
        if (!originals.TryGetValue(identity, out var original))
        {
            originals[identity] = original = page.Unique();
        }

        var chunk = page with { Body = original.Body };
        return random.Next(12) switch
        {
            0 => Other(page.Unique()),
            1 => new SentChunk(page.With("broken " + Guid.NewGuid()), null),
            2 => new SentChunk(chunk with { WriteKey = "another" }, chunk.Body),
            3 => new SentChunk(chunk.Gzip(), chunk.Body),
            4 => new SentChunk(chunk.Gzip(CompressionLevel.NoCompression), chunk.Body),
            _ => new SentChunk(chunk, chunk.Body),
        };
    }

    public string Describe(SentChunk frame) =>
        $"{pages.ToList().FindIndex(page => page.PageId == frame.Chunk.PageId)}/{frame.Chunk.Seq}"
        + (frame.Content is null ? " broken" : originals[(frame.Chunk.PageId, frame.Chunk.Seq)].Body == frame.Content ? "" : " other")
        + (frame.Chunk.WriteKey.Length > 0 ? " foreign" : "") + (frame.Chunk.Query.Length > 0 ? " gzip" : "");

    private static SentChunk Other(TestChunk chunk) => new(chunk, chunk.Body);
}
