using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Recount.Benchmarks.Samples;

/// <param name="Body">Gzip.</param>
/// <param name="Entries">Entries in it.</param>
/// <param name="ToMs">Page clock at which it was cut, ms.</param>
internal sealed record SampleChunk(byte[] Body, int Entries, int ToMs);

/// <summary>
/// A page as the SDK sends it: a full snapshot, then moves, scrolls, typing and mutations, cut into gzip chunks every 2 s
/// and at each later snapshot. No two pages, and no two chunks of a page, are alike; the same seed makes the same page.
/// </summary>
internal sealed class SamplePage
{
    private const int TickMs = 500;
    private const int ChunkMs = 2000;
    private const int SnapshotEveryBytes = 1_000_000;
    private const long Opened = 1_790_000_000_000;
    private readonly Random random;
    private readonly SampleDocument document;
    private readonly SampleWords words;
    private readonly StringBuilder text = new();
    private readonly List<SampleChunk> chunks = [];
    private (int X, int Y) pointer = (400, 300);
    private int typed;
    private int increments;
    private int entries;

    private SamplePage(int seed)
    {
        random = new Random(seed);
        words = new SampleWords(random);
        document = new SampleDocument(random);
    }

    /// <param name="seed">Tells pages apart.</param>
    /// <param name="length">How long the visit is.</param>
    /// <param name="mutations">Mutations in half a second, on the average.</param>
    /// <returns>The bodies of its chunks, in order of seq.</returns>
    public static IReadOnlyList<SampleChunk> Make(int seed, TimeSpan length, double mutations)
    {
        var page = new SamplePage(seed);
        page.Record((int)length.TotalMilliseconds, mutations);
        return page.chunks;
    }

    private void Record(int lengthMs, double mutations)
    {
        Entry(0, "page", $"{{\"url\":\"https://shop.example/{words.Word()}/{random.Next():x}\",\"title\":\"{words.Phrase(4)}\",\"viewport\":{{\"width\":1440,\"height\":900}},\"language\":\"en\",\"opened\":{Opened},\"ordinal\":0}}");
        Snapshot(0.5);
        for (var tick = 0; tick < lengthMs; tick += TickMs)
        {
            if (tick > 0 && tick % ChunkMs == 0)
            {
                Cut(tick);
            }

            if (increments > SnapshotEveryBytes)
            {
                Cut(tick);
                Snapshot(tick);
            }

            Tick(tick, mutations);
        }

        Cut(lengthMs);
    }

    private void Tick(int tick, double mutations)
    {
        var before = text.Length;
        for (var count = mutations * 2 * random.NextDouble(); count > random.NextDouble(); count--)
        {
            var json = new StringBuilder();
            document.WriteMutation(json);
            Increment(tick + (random.NextDouble() * 400), json);
        }

        Act(tick);
        if (random.Next(4) > 0)
        {
            Move(tick + 499.9);
        }

        increments += text.Length - before;
    }

    /// <summary>What a person does once in a while: types, scrolls, clicks, waits for the server.</summary>
    private void Act(int tick)
    {
        switch (random.Next(8))
        {
            case 0:
                typed = (typed + random.Next(1, 4)) % 40;
                Increment(tick + 410, new($"{{\"source\":5,\"text\":\"{new string('*', typed)}\",\"isChecked\":false,\"id\":{SampleDocument.Input}}}"));
                break;
            case 1:
                Increment(tick + 420, new(string.Create(CultureInfo.InvariantCulture, $"{{\"source\":3,\"id\":1,\"x\":0,\"y\":{random.Next(4000)}}}")));
                break;
            case 2:
                Click(tick + 430);
                break;
            case 3:
                Entry(tick + 440, "network", $"{{\"method\":\"GET\",\"url\":\"https://shop.example/api/{words.Word()}/{random.Next()}\",\"status\":200,\"duration\":{random.Next(500)}}}");
                break;
            default:
                break;
        }
    }

    private void Move(double at)
    {
        var json = new StringBuilder("{\"source\":1,\"positions\":[");
        var (dx, dy) = (random.Next(-60, 60), random.Next(-40, 40));
        var over = document.AnyNode();
        for (var i = 0; i < 10; i++)
        {
            pointer = (Math.Clamp(pointer.X + dx + random.Next(-5, 6), 0, 1440), Math.Clamp(pointer.Y + dy + random.Next(-5, 6), 0, 900));
            over = random.Next(4) == 0 ? document.AnyNode() : over;
            json.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ",")}{{\"x\":{pointer.X},\"y\":{pointer.Y},\"id\":{over},\"timeOffset\":{(i * 50) - 450 + random.Next(-4, 5)}}}");
        }

        Increment(at, json.Append("]}"));
    }

    private void Click(double at)
    {
        var node = document.AnyNode();
        foreach (var type in (int[])[1, 5, 0, 2])
        {
            Increment(at, new(string.Create(CultureInfo.InvariantCulture, $"{{\"source\":2,\"type\":{type},\"id\":{node},\"x\":{pointer.X},\"y\":{pointer.Y},\"pointerType\":0}}")));
        }

        Entry(at, "click", $"{{\"selector\":\"main > article:nth-of-type({random.Next(120)}) > h3\",\"text\":\"{words.Phrase(3)}\",\"x\":{pointer.X},\"y\":{pointer.Y},\"interactive\":true,\"reaction\":{random.Next(90)}}}");
    }

    private void Snapshot(double at)
    {
        Entry(at, "rrweb", $"{{\"type\":4,\"data\":{{\"href\":\"https://shop.example/\",\"width\":1440,\"height\":900}},\"timestamp\":{Timestamp(at)}}}");
        var json = new StringBuilder();
        document.WriteTree(json);
        Entry(at, "rrweb", $"{{\"type\":2,\"data\":{{\"node\":{json},\"initialOffset\":{{\"left\":0,\"top\":0}}}},\"timestamp\":{Timestamp(at)}}}");
        increments = 0;
    }

    private void Increment(double at, StringBuilder data) =>
        Entry(at, "rrweb", $"{{\"type\":3,\"data\":{data},\"timestamp\":{Timestamp(at)}}}");

    private void Entry(double at, string kind, FormattableString data)
    {
        text.Append(CultureInfo.InvariantCulture, $"{{\"at\":{at:0.#},\"k\":\"{kind}\",\"d\":{data.ToString(CultureInfo.InvariantCulture)}}}\n");
        entries++;
    }

    private static long Timestamp(double at) => Opened + (long)at;

    /// <summary>Ends a chunk, compressed as browsers do.</summary>
    private void Cut(int at)
    {
        if (text.Length == 0)
        {
            return;
        }

        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text.ToString()));
        }

        chunks.Add(new SampleChunk(output.ToArray(), entries, at));
        entries = 0;
        text.Clear();
    }
}
