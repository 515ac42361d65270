using FsCheck;
using FsCheck.Fluent;
using Recount.Wire.Clocks;
using Xunit.Abstractions;

namespace Recount.Tests.Wire.Clocks;

/// <summary>Simulated devices: what is derived from their records is compared with what really happened.</summary>
public sealed class PageClockPropertyTests(ITestOutputHelper output)
{
    private const long Second = 1_000_000;

    private static readonly Fate[] AllFates = Enum.GetValues<Fate>();
    private static readonly Gen<int> Awake = Gen.Constant(0);
    private static readonly Gen<int> ShortSleeps =
        Gen.Frequency((2, Awake), (1, Gen.Choose(1_100, 20_000)), (1, Gen.Choose(20_000, 36_000_000)));
    private static readonly Gen<int> LongSleeps = Gen.Frequency((2, Awake), (1, Gen.Choose(600_000, 260_000_000)));
    private static readonly Gen<int> Quick = Gen.Choose(0, 200);
    private static readonly Gen<int> Erratic = Gen.Frequency((3, Quick), (1, Gen.Choose(0, 60_000)));

    /// <summary>Growth below half a second is never taken for a sleep, so the last send must have been quick.</summary>
    [Fact]
    public void Setting_the_wall_clock_moves_no_time_of_a_page_that_was_awake()
    {
        var compared = 0;
        var inputs = Arb.Zip(DevicePlan.Any(Awake, Erratic, [0], AllFates), WallPlan.Any());
        PropertyRun.ForAll(output, inputs, input =>
        {
            var right = SimulatedPage.Run(input.Item1, WallPlan.Right);
            if (right.Sends.Count == 0 || right.Sends.MaxBy(send => send.ClockMs).DelayMs > 400)
            {
                return;
            }

            AssertSameTimes(right, SimulatedPage.Run(input.Item1, input.Item2));
            compared++;
        });
        Assert.True(compared > 200, $"only {compared} pages were compared");
    }

    [Fact]
    public void Setting_the_wall_clock_moves_no_time_of_a_page_that_several_nodes_received() =>
        PropertyRun.ForAll(
            output,
            Arb.Zip(DevicePlan.Any(Awake, Quick, [0, 30, -40], AllFates), WallPlan.Any()),
            input => AssertSameTimes(
                SimulatedPage.Run(input.Item1, WallPlan.Right), SimulatedPage.Run(input.Item1, input.Item2)));

    [Fact]
    public void An_exact_start_is_the_true_start_or_later_by_at_most_the_least_delay() =>
        PropertyRun.ForAll(
            output,
            Arb.Zip(DevicePlan.Any(LongSleeps, Erratic, [0], AllFates), WallPlan.Any()),
            input =>
            {
                var page = SimulatedPage.Run(input.Item1, input.Item2);
                var line = page.TimeLine;
                foreach (var sends in page.Sends.GroupBy(send => line.StretchAt(send.ClockMs)))
                {
                    Assert.Equal(TimeQuality.Exact, sends.Key.Quality);
                    Assert.InRange(
                        sends.Key.StartMicros,
                        sends.Max(send => send.StartMicros) - 1,
                        sends.Min(send => send.StartMicros + send.DelayMs * 1000L) + 1);
                }
            });

    [Fact]
    public void Sleeps_are_recovered_within_the_delays() =>
        PropertyRun.ForAll(
            output,
            Arb.Zip(DevicePlan.Any(ShortSleeps, Erratic, [0], AllFates), WallPlan.Steady()),
            input =>
            {
                var page = SimulatedPage.Run(input.Item1, input.Item2);
                var line = page.TimeLine;
                Assert.All(page.Sends, send => Assert.InRange(
                    line.ServerMicrosAt(send.ClockMs) - (send.StartMicros + (long)Math.Round(send.ClockMs * 1000)),
                    -page.GreatestDelayMicros - 2,
                    page.GreatestDelayMicros + 2));
            });

    [Fact]
    public void Every_entry_of_a_device_that_only_sleeps_lies_within_its_error() =>
        PropertyRun.ForAll(
            output,
            Arb.Zip(
                DevicePlan.Any(ShortSleeps, Quick, [0], Fate.Arrives, Fate.ArrivesTwice, Fate.Outbox),
                WallPlan.Steady()),
            input =>
            {
                var page = SimulatedPage.Run(input.Item1, input.Item2);
                var line = page.TimeLine;
                Assert.All(page.Entries, entry =>
                {
                    var stretch = line.StretchAt(entry.ClockMs);
                    var doubt = stretch.Quality == TimeQuality.Exact ? 0 : (long)(stretch.ErrorMs * 1000);
                    var error = line.ServerMicrosAt(entry.ClockMs) - entry.Micros;
                    Assert.InRange(
                        error, -page.GreatestDelayMicros - doubt - Second / 5, page.GreatestDelayMicros + doubt + Second / 5);
                });
            });

    [Fact]
    public void Nodes_whose_clocks_differ_move_a_page_by_no_more_than_they_differ() =>
        PropertyRun.ForAll(
            output,
            Arb.Zip(DevicePlan.Any(LongSleeps, Quick, [0, 1_500, -1_500], AllFates), WallPlan.Steady()),
            input =>
            {
                var page = SimulatedPage.Run(input.Item1, input.Item2);
                var line = page.TimeLine;
                var bound = page.GreatestDelayMicros + 2 * 3 * Second;
                Assert.All(page.Sends, send => Assert.InRange(
                    line.StretchAt(send.ClockMs).StartMicros - send.StartMicros, -bound, bound));
            });

    [Fact]
    public void A_page_delivered_by_a_later_document_is_estimated_through_its_sleeps() =>
        PropertyRun.ForAll(
            output,
            Arb.Zip(DevicePlan.Any(ShortSleeps, Quick, [0], Fate.Outbox), WallPlan.Steady()),
            input =>
            {
                var page = SimulatedPage.Run(input.Item1, input.Item2);
                var line = page.TimeLine;
                Assert.All(page.Entries, entry =>
                {
                    Assert.Equal(TimeQuality.Estimated, line.StretchAt(entry.ClockMs).Quality);
                    Assert.InRange(line.ServerMicrosAt(entry.ClockMs) - entry.Micros, -Second / 2, Second / 2);
                });
            });

    [Fact]
    public void No_entry_of_a_page_that_is_not_exact_lies_after_its_reception() =>
        PropertyRun.ForAll(
            output,
            Arb.Zip(DevicePlan.Any(ShortSleeps, Quick, [0], Fate.Outbox), WallPlan.Any()),
            input =>
            {
                var page = SimulatedPage.Run(input.Item1, input.Item2);
                var line = page.TimeLine;
                Assert.All(page.Chunks, chunk =>
                    Assert.True(line.ServerMicrosAt(chunk.ToMs!.Value) <= chunk.ReceivedMicros + Second));
            });

    [Fact]
    public void Entries_in_order_have_times_in_order() =>
        PropertyRun.ForAll(
            output,
            Arb.Zip(DevicePlan.Any(ShortSleeps, Erratic, [0, 20_000, -7_200_000], AllFates), WallPlan.Any()),
            input =>
            {
                var page = SimulatedPage.Run(input.Item1, input.Item2);
                var line = page.TimeLine;
                var times = page.Entries.Select(entry => line.ServerMicrosAt(entry.ClockMs)).ToArray();
                Assert.Equal(times.Order(), times);
            });

    [Fact]
    public void The_order_in_which_chunks_and_anchors_come_does_not_matter()
    {
        var inputs = Arb.Zip(
            DevicePlan.Any(ShortSleeps, Erratic, [0, 1_500, -90_000], AllFates),
            Arb.From(from wall in WallPlan.Any().Generator from seed in Gen.Choose(0, 1 << 20) select (wall, seed)));
        PropertyRun.ForAll(output, inputs, input =>
        {
            var page = SimulatedPage.Run(input.Item1, input.Item2.wall);
            var chunks = page.Chunks.ToArray();
            var anchors = page.Anchors.ToArray();
            var random = new Random(input.Item2.seed);
            random.Shuffle(chunks);
            random.Shuffle(anchors);
            var shuffled = PageClock.Derive(chunks, anchors, page.OpenedWallMs);
            Assert.Equal(page.TimeLine.Stretches, shuffled.Stretches);
            Assert.Equal(page.TimeLine.SkewMs, shuffled.SkewMs);
        });
    }

    /// <summary>Up to the last send: what follows it has no measurement, and is estimated from the wall clock.</summary>
    private static void AssertSameTimes(SimulatedPage right, SimulatedPage wrong)
    {
        if (right.Sends.Count == 0)
        {
            return;
        }

        var (expected, actual) = (right.TimeLine, wrong.TimeLine);
        var first = right.Sends.Min(send => send.ClockMs);
        var last = right.Sends.Max(send => send.ClockMs);
        var clocks = right.Entries.Select(entry => entry.ClockMs)
            .Where(clock => clock <= last && (first <= 60_000 || clock >= first));
        Assert.All(clocks, clock => Assert.Equal(expected.ServerMicrosAt(clock), actual.ServerMicrosAt(clock)));
        Assert.Equal(
            expected.StretchAt(first) with { FromClockMs = 0 }, actual.StretchAt(first) with { FromClockMs = 0 });
        Assert.Equal(right.Sends, wrong.Sends);
    }
}
