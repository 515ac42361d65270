using System.Text;
using Recount.Tests.Infrastructure;
using Recount.Wire.Chunks;
using Xunit.Abstractions;

namespace Recount.Tests.Wire.Chunks;

public sealed class ContentFactsTests(ITestOutputHelper output)
{
    public static TheoryData<string> Oddities =>
    [
        "", "\n", "\r\n\r\n", " \t \n", """{"k":"click"}""", """{"k":"click"}""" + "\r\n\r\n" + """{"k":"page","at":2}""",
        """{"\u006b":"click","\u0061\u0074":5,"\u0064":{"x":1}}""", """{"k":"\u0063lick"}""",
        """{"k":"rrweb","d":{"t\u0079pe":2}}""", """{"k":"\u0072\u0072web","d":{"type":2}}""",
        """{"k":"click","\ud800":1}""", """{"k":"\ud800"}""", """{"k":"click","d":{"\ud83d":2,"\udc00":"\ud800"}}""",
        """{"k":"click","d":"\ud800"}""", """{"\ud800":0,"k":"page"}""", """{"k":"rrweb","d":{"\u0074\u0079\u0070\u0065":2}}""",
        """{"k":"click","k":"page","at":1,"at":2,"d":1,"d":{"type":2}}""", """{"k":"rrweb","d":{"type":2,"type":"x"}}""",
        """{"k":"rrweb","d":{"type":3,"type":2}}""", """{"k":"rrweb","d":{"type":2},"d":[2]}""", """{"k":1,"k":"click"}""",
        """{"k":"click","k":1}""", """{"k":{"k":"click"}}""", """{"d":{"k":"click"}}""", """{"k":"rrweb","d":{"d":{"type":2}}}""",
        """{"k":"click","at":1e400}""", """{"k":"click","at":-1e400}""", """{"k":"click","at":"5"}""", """{"k":"click","at":[1]}""",
        """{"k":"click","at":NaN}""", """{"k":"click","at":-0.0}""", """{"k":"click","at":1e-400}""", """{"k":"rrweb","d":{"type":2.0}}""",
        """{"k":"rrweb","d":{"type":2e0}}""", """{"k":"rrweb","d":{"type":99999999999}}""", """{"k":"click",}""", """{"k":"click"}x""",
        """{"k":"click"}{"k":"click"}""", """["k","click"]""", "\"click\"", "null", "{}", """{"k":"unheard-of"}""", """{"k":""}""",
        """{"k":"click"} // no""", "\uFEFF{\"k\":\"click\"}", "\u2028", "{\"k\":\"cl\nick\"}", """{"k":"click","d":"\x"}""",
        """{"k":"click\u0000"}""", "\0", """{"k":"click","d":"\u12"}""", """{"k":"page","d":null}""", """{"k" : "click" , "d" : [ 1 , 2 ] }""",
    ];

    [Theory]
    [MemberData(nameof(Oddities))]
    public void An_odd_line_is_read_as_a_slow_reader_does(string content) => Compare(Encoding.UTF8.GetBytes(content));

    [Fact]
    public void Random_contents_and_damaged_ones_are_read_as_a_slow_reader_does()
    {
        var random = TestSeed.Next(output);
        var taken = 0;
        for (var run = 0; run < (TestSeed.IsLong ? 100_000 : 5_000); run++)
        {
            var content = Encoding.UTF8.GetBytes(RandomContent(random));
            for (var flips = random.Next(4) == 0 ? random.Next(3) : 0; flips > 0 && content.Length > 0; flips--)
            {
                content[random.Next(content.Length)] = (byte)random.Next(256);
            }

            taken += Compare(content) ? 1 : 0;
        }

        Assert.True(taken > 1_000, "Too few contents were taken to compare anything.");
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    [InlineData(66, false)]
    [InlineData(5000, false)]
    public void Nesting_is_bounded_at_64_levels(int levels, bool isGood)
    {
        // The entry itself is the first level.
        foreach (var (open, close) in new[] { ("[", "]"), ("{\"x\":", "}") })
        {
            var nested = string.Concat(Enumerable.Repeat(open, levels - 1)) + (open == "[" ? "" : "1")
                + string.Concat(Enumerable.Repeat(close, levels - 1));
            foreach (var line in new[] { $$"""{"k":"click","d":{{nested}}}""", $$"""{"other":{{nested}},"k":"click"}""" })
            {
                var content = Encoding.UTF8.GetBytes(line);
                if (isGood)
                {
                    Assert.Single(ContentFacts.Read(content).Entries);
                }
                else
                {
                    Assert.Equal(ContentFault.TooDeep, Assert.Throws<ChunkContentException>(() => ContentFacts.Read(content)).Fault);
                }
            }
        }
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void The_number_of_entries_is_bounded(int over, bool isGood)
    {
        var content = Encoding.UTF8.GetBytes(
            string.Concat(Enumerable.Repeat("{\"k\":\"\"}\n\n", ContentFacts.MaxEntries + over)));
        if (isGood)
        {
            Assert.Equal(ContentFacts.MaxEntries, ContentFacts.Read(content).Kinds[0]);
            return;
        }

        Assert.Equal(ContentFault.TooLarge, Assert.Throws<ChunkContentException>(() => ContentFacts.Read(content)).Fault);
    }

    [Theory]
    [InlineData(new byte[] { 0xC0, 0x80 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xF4, 0x90, 0x80, 0x80 })]
    [InlineData(new byte[] { 0xE2, 0x82 })]
    public void What_is_not_utf8_is_undecodable(byte[] bytes)
    {
        byte[] content = [.. "{\"k\":\""u8, .. bytes, .. "\"}"u8];
        Assert.Equal(ContentFault.Undecodable, Assert.Throws<ChunkContentException>(() => ContentFacts.Read(content)).Fault);
    }

    [Fact]
    public void A_chunk_whose_hash_the_client_got_wrong_is_told_from_a_broken_one()
    {
        var body = "{\"k\":\"click\"}"u8.ToArray();
        var numbers = ChunkQuery.Parse($"h={Recount.Wire.Hash256.OfNothing}");
        Assert.Equal(
            ContentFault.HashMismatch,
            Assert.Throws<ChunkContentException>(() => ChunkInspection.Inspect(body, numbers)).Fault);
        Assert.Single(ChunkInspection.Inspect(body, ChunkQuery.Parse($"h={Recount.Wire.Hash256.Of(body)}")).Facts.Entries);
    }

    private static bool Compare(byte[] content)
    {
        var expected = ContentOracle.Read(content);
        ContentFacts? facts = null;
        try
        {
            facts = ContentFacts.Read(content);
        }
        catch (ChunkContentException)
        {
            // Compared below: the slow reader must refuse it too.
        }

        Assert.True(expected is null == facts is null, $"{Encoding.UTF8.GetString(content)}: slow reader {expected is not null}.");
        if (facts is null || expected is null)
        {
            return false;
        }

        var read = facts.Entries.Select(entry => new OracleEntry(
            entry.At,
            EntryKinds.NameOf(entry.Kind),
            entry.IsSnapshot,
            entry.DataOffset < 0 ? null : Encoding.UTF8.GetString(content, entry.DataOffset, entry.DataLength)));
        Assert.Equal(expected, read);
        Assert.Equal(Enumerable.Range(0, expected.Count), facts.Entries.Select(entry => entry.Position));
        Assert.All(facts.Entries, entry => Assert.Equal((byte)'}', content[entry.Offset + entry.Length - 1]));
        Assert.Equal(expected.Count(entry => entry.Kind == "click"), facts.Kinds[(int)EntryKind.Click]);
        Assert.Equal(expected.Count, facts.Kinds.Sum());
        Assert.Equal(expected.Any(entry => entry.IsSnapshot), facts.HasSnapshot);
        var clocks = expected.Select(entry => entry.At).Where(double.IsFinite).ToList();
        Assert.Equal(clocks.Count == 0 ? double.NaN : clocks.Min(), facts.ClockFrom);
        Assert.Equal(clocks.Count == 0 ? double.NaN : clocks.Max(), facts.ClockTo);
        return true;
    }

    private static string RandomContent(Random random) => string.Concat(Enumerable.Range(0, random.Next(5)).Select(_ =>
    {
        var fields = Enumerable.Range(0, random.Next(1, 5))
            .Select(_ => $"{Pick(random, "\"k\"", "\"k\"", "\"at\"", "\"d\"", "\"x\"", "\"\\u006b\"", "\"\\ud800\"")}:{Value(random, 0)}");
        return "{" + string.Join(',', fields.Append("\"k\":" + Pick(random, "\"click\"", "\"rrweb\"", "\"p\\u0061ge\"", "\"z\"")))
            + "}" + Pick(random, "\n", "\n", "\r\n", "\n\n", " \t\n");
    }));

    private static string Value(Random random, int depth) => random.Next(depth > 3 ? 6 : 9) switch
    {
        0 => random.Next(-5, 5).ToString(System.Globalization.CultureInfo.InvariantCulture),
        1 => Pick(random, "1e400", "-1.5e-3", "0", "2", "1e308", "-0"),
        2 => Pick(random, "true", "null", "false"),
        3 => Pick(random, "\"\"", "\"rrweb\"", "\"\\ud83d\"", "\"\\n\\\"\"", "\"ü\U0001F600\""),
        4 or 5 => "\"click\"",
        6 => $"[{Value(random, depth + 1)},{Value(random, depth + 1)}]",
        _ => $"{{{Pick(random, "\"type\"", "\"t\\u0079pe\"", "\"k\"")}:{Value(random, depth + 1)},\"type\":2}}",
    };

    private static string Pick(Random random, params string[] texts) => texts[random.Next(texts.Length)];
}
