using System.IO.Compression;
using System.Text;
using Recount.Capture.Intake;
using Recount.Wire;
using Recount.Wire.Chunks;

namespace Recount.Tests.Recordings;

/// <summary>A chunk as capture would have accepted it.</summary>
internal sealed record TestChunk
{
    /// <summary>Some hour's beginning, years away from any clock of the machine.</summary>
    public static readonly DateTimeOffset Hour = new(2021, 5, 6, 7, 0, 0, TimeSpan.Zero);

    public required Guid Account { get; init; }

    public required Guid App { get; init; }

    public required Guid Session { get; init; }

    public required Guid Page { get; init; }

    public int Seq { get; init; }

    public string WriteKey { get; init; } = "";

    public string Query { get; init; } = "";

    public byte[] Body { get; init; } = [];

    public DateTimeOffset ReceivedAt { get; init; } = Hour.AddMinutes(30);

    public Recount.Recordings.Index.PageId PageId => new(Account, Session, Page);

    public IntakeFrameHead Head => new()
    {
        Account = Account,
        App = App,
        Chunk = new ChunkId(Session, Page, Seq),
        ReceivedAtMicros = NodeClock.ToMicros(ReceivedAt),
        ReceivedHash = Hash256.Of(Body),
        WriteKeyHash = Hash256.Of(Encoding.UTF8.GetBytes(WriteKey)),
        Query = Query,
    };

    /// <summary>The same chunk with these entries, one a line.</summary>
    public TestChunk With(params string[] entries) =>
        this with { Body = Encoding.UTF8.GetBytes(string.Concat(entries.Select(entry => entry + "\n"))) };

    /// <summary>The same content, compressed.</summary>
    public TestChunk Gzip(CompressionLevel level = CompressionLevel.Optimal)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, level))
        {
            gzip.Write(Body);
        }

        return this with { Body = output.ToArray(), Query = Query.Length == 0 ? "enc=gzip" : Query + "&enc=gzip" };
    }

    /// <summary>Content that nothing else has.</summary>
    public TestChunk Unique() => With(
        Entry(0, "event", $$"""{"name":"step","id":"{{Guid.NewGuid()}}"}"""),
        Entry(500, "rrweb", $$"""{"type":3,"id":"{{Guid.NewGuid()}}"}"""));

    private string Entry(int ms, string kind, string data) => $$"""{"at":{{(Seq * 1000) + ms}},"k":"{{kind}}","d":{{data}} }""";
}
