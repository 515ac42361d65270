using System.Text;
using Recount.Capture.Import;
using Recount.Tests.Infrastructure;
using Recount.Wire.Chunks;
using Xunit.Abstractions;

namespace Recount.Tests.Capture.Import;

public sealed class RrwebPageTests(ITestOutputHelper output)
{
    private const string Good =
        """
        [{"type":4,"timestamp":1690000000000,"data":{"href":"https://shop.example/","width":800,"height":600}},
         {"type":2,"timestamp":1690000000010,"data":{"node":{"type":0,"childNodes":[],"id":1},"initialOffset":{"top":0,"left":0}}},
         {"type":3,"timestamp":1690000000500,"data":{"source":3,"id":1,"x":0,"y":10}}]
        """;

    [Fact]
    public void Events_become_the_entries_of_one_page()
    {
        var page = RrwebPage.Read(Encoding.UTF8.GetBytes(Good));

        var lines = page.Chunks.SelectMany(chunk => Encoding.UTF8.GetString(chunk).TrimEnd('\n').Split('\n')).ToArray();
        Assert.Equal(4, lines.Length);
        Assert.Contains("\"k\":\"page\"", lines[0]);
        Assert.Contains("https://shop.example/", lines[0]);
        Assert.StartsWith("{\"at\":500,", lines[3]);
        Assert.Equal(1690000000000, page.OpenedAt);
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_file() =>
        Assert.Single(RrwebPage.Read((byte[])[.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Good)]).Chunks);

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("[1]")]
    [InlineData("""[{"type":"4"}]""")]
    [InlineData("""[{"type":4.5}]""")]
    [InlineData("""[{"type":4}""")]
    [InlineData("""[{"type":4}] and more""")]
    public void What_is_no_array_of_events_is_told(string json) =>
        Assert.Throws<FormatException>(() => RrwebPage.Read(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void What_the_index_would_refuse_is_refused_before_it_is_acknowledged()
    {
        var deep = $$"""[{"type":5,"data":{{new string('[', 100)}}{{new string(']', 100)}}}]""";
        var noText = Encoding.UTF8.GetBytes("""[{"type":5,"data":"?"}]""");
        noText[Array.IndexOf(noText, (byte)'?')] = 0xFF;

        Assert.Throws<FormatException>(() => RrwebPage.Read(Encoding.UTF8.GetBytes(deep)));
        Assert.Throws<FormatException>(() => RrwebPage.Read(noText));
    }

    [Fact]
    public void A_page_has_no_more_chunks_than_seqs()
    {
        var events = string.Join(',', Enumerable.Repeat("""{"type":4}""", ChunkId.MaxSeq + 2));

        Assert.Throws<FormatException>(() => RrwebPage.Read(Encoding.UTF8.GetBytes($"[{events}]")));
    }

    [Theory]
    [InlineData("""[{"type":4,"timestamp":-1.7e308},{"type":3,"timestamp":1.7e308}]""")]
    [InlineData("""[{"type":4,"timestamp":1e999,"data":{"href":"\ud800","width":1e999,"height":"no"}}]""")]
    [InlineData("""[{"type":4,"timestamp":"soon","data":[]},{"type":3,"timestamp":null}]""")]
    public void Wild_values_are_unknown_and_the_recording_is_taken(string json) =>
        Assert.All(RrwebPage.Read(Encoding.UTF8.GetBytes(json)).Chunks, chunk => ContentFacts.Read(chunk));

    [Fact]
    public void Whatever_comes_is_taken_as_the_index_takes_it_or_told()
    {
        var random = TestSeed.Next(output);
        for (var run = 0; run < (TestSeed.IsLong ? 10_000 : 1_000); run++)
        {
            var bytes = Encoding.UTF8.GetBytes(Good);
            for (var change = random.Next(1, 6); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)"[]{}\",:0e9\\\n"[random.Next(12)];
            }

            try
            {
                Assert.All(RrwebPage.Read(bytes.AsMemory(0, random.Next(4) == 0 ? random.Next(bytes.Length) : bytes.Length)).Chunks,
                    chunk => ContentFacts.Read(chunk));
            }
            catch (FormatException)
            {
                // Told.
            }
        }
    }
}
