using FsCheck;
using FsCheck.Fluent;
using Recount.Wire.Chunks;
using Recount.Wire.Clocks;
using Xunit.Abstractions;

namespace Recount.Tests.Wire.Clocks;

/// <summary>Whatever is sent, something usable is derived.</summary>
public sealed class ClockGarbageTests(ITestOutputHelper output)
{
    private static readonly double?[] Numbers =
    [
        null, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, double.MinValue,
        double.Epsilon, -0d, 0, 1, -1, 999.5, 4_000, 60_001, 86_400_000, -34_560_000_000, 34_560_000_000,
        1_690_000_000_000, 1_690_000_003_000, 253_402_300_799_999, 8.64e15, -8.64e15, 8.65e15, 1e308, 1e18, -1e18,
    ];

    private static readonly long[] Receptions =
    [
        long.MinValue, long.MaxValue, 0, -1, 1_690_000_000_000_000, 1_690_000_005_000_000, 1_690_000_400_000_000,
        253_402_300_799_999_999, -62_135_596_800_000_000,
    ];

    private static readonly Guid[] Boots = [Guid.Empty, new(1, 0, 0, new byte[8]), new(2, 0, 0, new byte[8])];

    private static readonly Gen<double?> Number = Gen.Frequency(
        (3, Gen.Elements(Numbers)),
        (1, Gen.Choose(0, 600_000).Select(ms => (double?)ms)),
        (1, Gen.Choose(-100_000_000, 100_000_000).Select(ms => (double?)(1_690_000_000_000d + ms))));

    private static readonly Gen<ChunkTimes> Chunk =
        from seq in Gen.Frequency((5, Gen.Choose(0, 20)), (1, Gen.Elements(int.MinValue, int.MaxValue)))
        from boot in Gen.Elements(Boots)
        from received in Gen.Elements(Receptions)
        from sent in Number
        from clock in Number
        from range in Gen.Two(Number)
        select new ChunkTimes(seq, boot, received, sent, clock, range.Item1, range.Item2);

    private static readonly Gen<ClockAnchor> Anchor =
        from seq in Gen.Choose(-1, 20)
        from position in Gen.Choose(0, 5)
        from wall in Number
        from clock in Number
        select new ClockAnchor(seq, position, wall, clock);

    private static readonly Gen<PageTimeLine> Line =
        from chunks in Gen.ListOf(Chunk)
        from anchors in Gen.ListOf(Anchor)
        from opened in Number
        select PageClock.Derive([.. chunks], [.. anchors], opened);

    private static readonly Gen<PageFacts> Page =
        from line in Line
        from page in Gen.Choose(0, 3)
        from ordinal in Gen.Elements<int?>(null, int.MinValue, 0, 1, 2, int.MaxValue)
        from received in Gen.Elements(Receptions)
        from clocks in Gen.Two(Number)
        select new PageFacts(
            new Guid(page, 0, 0, new byte[8]), ordinal, received, line, clocks.Item1, clocks.Item2);

    [Fact]
    public void Any_input_gives_a_time_line_that_can_be_shown() =>
        PropertyRun.ForAll(output, Arb.From(Line), line =>
        {
            Assert.Equal(0, line.Stretches[0].FromClockMs);
            Assert.True(line.SkewMs is null || double.IsFinite(line.SkewMs.Value));
            foreach (var (before, after) in line.Stretches.Zip(line.Stretches.Skip(1)))
            {
                Assert.True(before.FromClockMs < after.FromClockMs);
                Assert.True(before.StartMicros <= after.StartMicros);
            }

            Assert.All(line.Stretches, stretch =>
            {
                Assert.True(double.IsFinite(stretch.ErrorMs) && stretch.ErrorMs >= 0);
                _ = DateTimeOffset.UnixEpoch.AddTicks(stretch.StartMicros * 10);
            });
            foreach (var clock in Numbers.OfType<double>())
            {
                _ = DateTimeOffset.UnixEpoch.AddTicks(line.ServerMicrosAt(clock) * 10);
            }
        });

    [Fact]
    public void Any_pages_give_a_session_that_can_be_shown() =>
        PropertyRun.ForAll(output, Arb.From(Gen.ListOf(Page).Select(pages => pages.ToArray())), pages =>
        {
            var session = SessionTimeLine.Derive(pages);
            Assert.Equal(pages.Length, session.Pages.Count);
            Assert.InRange(session.DurationMs, 0, 9_999 * 366d * 86_400_000);
            _ = DateTimeOffset.UnixEpoch.AddTicks(session.StartMicros * 10);
            Assert.All(session.Pages, page =>
                Assert.True(double.IsFinite(page.StartMs) && double.IsFinite(page.EndMs) && page.EndMs >= page.StartMs));
            foreach (var track in session.Pages.GroupBy(page => page.Track))
            {
                var end = double.NegativeInfinity;
                foreach (var page in track.OrderBy(page => page.StartMs))
                {
                    Assert.True(page.StartMs >= end - SessionTimeLine.HandOverMs);
                    end = Math.Max(end, page.EndMs);
                }
            }
        });

    [Fact]
    public void Any_texts_parse_to_finite_numbers_or_nothing()
    {
        var text = Gen.OneOf(
            Gen.Elements("NaN", "1e999", "-1e999", "", " ", "0x10", "1,000", "٣", "%00", "%zz", "-0", "\ud800", "1690000000000"),
            Gen.ArrayOf(Gen.Choose(0, 0xFFFF).Select(c => (char)c)).Select(characters => new string(characters)));
        PropertyRun.ForAll(output, Arb.From(text), value =>
        {
            var times = ChunkTimes.Of(0, Guid.Empty, 0, ChunkQuery.Parse($"?sent={value}&{value}&clock=7"));
            Assert.True(times.SentWallMs is not { } ms || double.IsFinite(ms));
            Assert.Equal(value.Contains("clock=", StringComparison.Ordinal) ? times.ClockMs : 7, times.ClockMs);
        });
    }

    [Theory]
    [InlineData("?sent=1690000000000&clock=12.5&from=0&to=11.25&n=3", 1690000000000d, 12.5, 0d, 11.25)]
    [InlineData("sent=NaN&clock=&from=-Infinity&to=1e400", null, null, null, null)]
    [InlineData("to=%31%30&to=99&clock=+5&sent", null, 5d, null, 10d)]
    [InlineData("", null, null, null, null)]
    [InlineData(null, null, null, null, null)]
    public void Clock_parameters_are_read_from_the_query_as_it_came(
        string? query, double? sent, double? clock, double? from, double? to) =>
        Assert.Equal(new ChunkTimes(4, Guid.Empty, 9, sent, clock, from, to), ChunkTimes.Of(4, Guid.Empty, 9, ChunkQuery.Parse(query)));
}
