using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Recount.Benchmarks;

/// <summary>Chunks like those of a busy page: mutations, pointer moves and scrolls, with words in them.</summary>
internal static class SampleChunk
{
    private static readonly string[] Words =
        "kettle crane tea cup shelf price order water leaf quiet hour stone glass copper pour basket voucher street".Split(' ');

    /// <summary>NDJSON of about <paramref name="bytes"/> uncompressed bytes; the same for the same seed.</summary>
    public static byte[] Make(int seed, int bytes)
    {
        var random = new Random(seed);
        var text = new StringBuilder(bytes + 1024);
        for (var at = seed * 2000; text.Length < bytes; at += random.Next(5, 60))
        {
            text.Append(CultureInfo.InvariantCulture, $"{{\"at\":{at},\"k\":\"rrweb\",\"d\":");
            AppendEvent(text, random, at);
            text.Append("}\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>A gzip body of about <paramref name="bytes"/> bytes as sent.</summary>
    public static byte[] MakeGzip(int seed, int bytes)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (var part = 0; output.Length < bytes; part++)
            {
                gzip.Write(Make((seed * 1000) + part, 16_000));
                gzip.Flush();
            }
        }

        return output.ToArray();
    }

    private static void AppendEvent(StringBuilder text, Random random, int at)
    {
        text.Append(CultureInfo.InvariantCulture, $"{{\"type\":3,\"timestamp\":{1_790_000_000_000 + at},\"data\":");
        if (random.Next(3) == 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{{\"source\":0,\"texts\":[{{\"id\":{random.Next(5000)},\"value\":\"{Phrase(random)}\"}}],\"attributes\":[],\"removes\":[],\"adds\":[{{\"parentId\":{random.Next(5000)},\"nextId\":null,\"node\":{{\"type\":2,\"tagName\":\"div\",\"attributes\":{{\"class\":\"{Phrase(random)}\"}},\"childNodes\":[],\"id\":{random.Next(5000)}}}}}]}}");
        }
        else
        {
            text.Append("{\"source\":1,\"positions\":[");
            for (var i = 0; i < 6; i++)
            {
                text.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ",")}{{\"x\":{random.Next(1440)},\"y\":{random.Next(900)},\"id\":{random.Next(5000)},\"timeOffset\":{-i * 50}}}");
            }

            text.Append("]}");
        }

        text.Append('}');
    }

    private static string Phrase(Random random) => string.Join(' ', Enumerable.Range(0, 4).Select(_ => Words[random.Next(Words.Length)]));
}
