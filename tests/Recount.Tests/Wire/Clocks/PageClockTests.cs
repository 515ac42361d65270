using Recount.Wire.Clocks;
using static Recount.Tests.Wire.Clocks.PageRecord;

namespace Recount.Tests.Wire.Clocks;

public sealed class PageClockTests
{
    private static readonly Guid OtherNode = new(2, 0, 0, new byte[8]);
    private static readonly Guid ThirdNode = new(3, 0, 0, new byte[8]);

    [Fact]
    public void The_least_delayed_send_places_the_page()
    {
        var line = new PageRecord().Sends(5, delayMs: 900).Sends(10, delayMs: 40).Sends(15, delayMs: 70_000).TimeLine;

        var stretch = Assert.Single(line.Stretches);
        Assert.Equal(StartMicros + 40_000, stretch.StartMicros);
        Assert.Equal(TimeQuality.Exact, stretch.Quality);
        Assert.Equal(StartMicros + 40_000 + 7_500_000, line.ServerMicrosAt(7_500));
    }

    /// <summary>Incident A: such a page was re-initialised with its future timestamp when it kept sending.</summary>
    [Fact]
    public void A_page_from_the_future_that_is_corrected_and_keeps_sending_stays_where_it_is()
    {
        var future = 400 * Day;
        var right = new PageRecord().Sends(5).Sends(10).Sends(15).Sends(20).TimeLine;
        var line = new PageRecord { OpenedWallMs = StartMs + future }
            .Sends(5, wallOffMs: future).Sends(10, wallOffMs: future)
            .Anchors(12)
            .Sends(15).Sends(20).TimeLine;

        Assert.Equal(right.Stretches, line.Stretches);
        Assert.Equal(future, line.SkewMs!.Value, tolerance: 50);
    }

    [Fact]
    public void The_worked_example_of_the_documentation_holds()
    {
        var ahead = 400 * Day;
        var slept = 600_000d;
        var line = new PageRecord { OpenedWallMs = StartMs + ahead }
            .Sends(5, wallOffMs: ahead, delayMs: 300).Sends(10, wallOffMs: ahead)
            .Anchors(12).Sends(15, delayMs: 2_000)
            .Anchors(16, slept).Sends(20, slept, delayMs: 90).TimeLine;

        Assert.Equal(
            [
                new Stretch(0, StartMicros + 40_000, TimeQuality.Exact, 1000d / 3),
                new Stretch(16_000, StartMicros + 600_090_000, TimeQuality.Exact, 1000),
            ],
            line.Stretches);
        Assert.Equal(StartMicros + 617_090_000, line.ServerMicrosAt(17_000));
    }

    [Theory]
    [InlineData(1_500)]
    [InlineData(55 * 60_000)]
    [InlineData(23 * 3_600_000d)]
    [InlineData(400 * 86_400_000d)]
    public void A_wall_clock_set_forward_and_back_is_no_sleep(double byMs)
    {
        var right = new PageRecord().Sends(5).Sends(10, delayMs: 300).Sends(15).Sends(20, delayMs: 200).TimeLine;
        var line = new PageRecord()
            .Sends(5).Anchors(7, wallOffMs: byMs)
            .Sends(10, wallOffMs: byMs, delayMs: 300).Anchors(12)
            .Sends(15).Anchors(17, wallOffMs: byMs)
            .Sends(20, wallOffMs: byMs, delayMs: 200).TimeLine;

        Assert.Equal(right.Stretches, line.Stretches);
    }

    [Fact]
    public void A_slow_network_is_no_sleep()
    {
        var line = new PageRecord().Sends(5).Sends(10, delayMs: 30_000).Sends(15, delayMs: 45_000).TimeLine;

        Assert.Equal(StartMicros + 40_000, Assert.Single(line.Stretches).StartMicros);
    }

    [Fact]
    public void A_sleep_that_an_anchor_tells_cuts_the_page()
    {
        var line = new PageRecord()
            .Sends(5).Anchors(7, sleptMs: 90_000).Sends(10, sleptMs: 90_000, delayMs: 60).TimeLine;

        Assert.Equal(
            [(0d, StartMicros + 40_000, TimeQuality.Exact), (7_000d, StartMicros + 90_060_000, TimeQuality.Exact)],
            line.Stretches.Select(s => (s.FromClockMs, s.StartMicros, s.Quality)));
    }

    [Fact]
    public void A_sleep_whose_anchor_was_lost_shows_in_the_sends()
    {
        var line = new PageRecord().Sends(5).Sends(10, sleptMs: 90_000).TimeLine;

        Assert.Equal([StartMicros + 40_000, StartMicros + 90_040_000], line.Stretches.Select(s => s.StartMicros));
    }

    [Fact]
    public void A_long_sleep_needs_no_wall_clock()
    {
        var line = new PageRecord { OpenedWallMs = null }
            .Sends(5, wallOffMs: double.NaN).Sends(10, sleptMs: 8 * Hour, wallOffMs: double.NaN).TimeLine;

        Assert.Equal(
            [StartMicros + 40_000, StartMicros + 28_800_040_000], line.Stretches.Select(s => s.StartMicros));
        Assert.Null(line.SkewMs);
    }

    [Fact]
    public void A_stretch_between_two_sleeps_without_a_send_is_estimated_from_its_anchors()
    {
        var line = new PageRecord()
            .Sends(5)
            .Anchors(6, sleptMs: Hour).Anchors(8, sleptMs: 3 * Hour)
            .Sends(10, sleptMs: 3 * Hour).TimeLine;

        Assert.Equal(
            [TimeQuality.Exact, TimeQuality.Estimated, TimeQuality.Exact], line.Stretches.Select(s => s.Quality));
        Assert.Equal(StartMicros + 40_000 + 3_600_000_000, line.StretchAt(7_000).StartMicros);
        Assert.Equal(3 * Hour, line.StretchAt(7_000).ErrorMs);
    }

    [Fact]
    public void What_follows_the_last_send_is_estimated_and_never_after_its_reception()
    {
        var slept = new PageRecord().Sends(5).Anchors(7, sleptMs: Hour).IsDelivered(2 * Hour, to: 9).TimeLine;
        var set = new PageRecord().Sends(5).Anchors(7, wallOffMs: 3 * Hour).IsDelivered(2 * Hour, to: 9).TimeLine;

        Assert.Equal(TimeQuality.Estimated, slept.StretchAt(8_000).Quality);
        Assert.Equal(StartMicros + 40_000 + 3_600_000_000, slept.StretchAt(8_000).StartMicros);
        Assert.Equal(StartMicros + 40_000, set.StretchAt(8_000).StartMicros);
    }

    [Fact]
    public void A_page_that_was_offline_at_first_is_estimated_before_its_first_send()
    {
        var offline = new PageRecord().Anchors(20, sleptMs: Hour).Sends(300, sleptMs: Hour).TimeLine;
        var online = new PageRecord().Anchors(2, wallOffMs: Hour).Sends(5, wallOffMs: Hour).TimeLine;

        Assert.Equal((StartMicros + 40_000, TimeQuality.Estimated),
            (offline.Stretches[0].StartMicros, offline.Stretches[0].Quality));
        Assert.Equal(TimeQuality.Exact, offline.StretchAt(30_000).Quality);
        Assert.All(online.Stretches, stretch => Assert.Equal(StartMicros + 40_000, stretch.StartMicros));
    }

    [Fact]
    public void Several_nodes_place_a_page_by_the_median_of_their_minima()
    {
        var line = new PageRecord()
            .Sends(5).Sends(10, delayMs: 2_000_000, node: OtherNode).Sends(15, delayMs: 1_000, node: ThirdNode)
            .TimeLine;

        Assert.Equal(StartMicros + 1_000_000, Assert.Single(line.Stretches).StartMicros);
    }

    [Fact]
    public void A_page_known_only_from_a_later_document_is_estimated_from_its_opening()
    {
        var behind = -3 * Hour;
        var line = new PageRecord { OpenedWallMs = StartMs + behind }
            .IsDelivered(Day, to: 30, wallOffMs: behind, delayMs: 90)
            .IsDelivered(Day, to: 60, wallOffMs: behind).TimeLine;

        var stretch = Assert.Single(line.Stretches);
        Assert.Equal((StartMicros + 40_000, TimeQuality.Estimated), (stretch.StartMicros, stretch.Quality));
        Assert.Equal(behind, line.SkewMs!.Value, tolerance: 50);
    }

    [Theory]
    [InlineData(2 * 86_400_000d)]
    [InlineData(-400 * 86_400_000d)]
    [InlineData(double.NaN)]
    public void A_page_whose_opening_cannot_be_believed_ends_at_its_reception_and_says_unknown(double openedOffMs)
    {
        var line = new PageRecord { OpenedWallMs = StartMs + openedOffMs }.IsDelivered(Day, to: 30).TimeLine;

        Assert.Equal(TimeQuality.Unknown, Assert.Single(line.Stretches).Quality);
        Assert.Equal(StartMicros + 86_400_040_000, line.ServerMicrosAt(30_000));
    }

    [Fact]
    public void A_clock_set_while_an_undelivered_page_was_open_does_not_move_it()
    {
        var future = 400 * Day;
        var line = new PageRecord { OpenedWallMs = StartMs + future }
            .Anchors(20).IsDelivered(Day, to: 30).TimeLine;

        Assert.Equal(StartMicros + 40_000, line.ServerMicrosAt(0));
        Assert.Equal(TimeQuality.Estimated, line.StretchAt(0).Quality);
    }

    [Fact]
    public void A_send_whose_clock_lies_behind_its_own_entries_is_not_believed()
    {
        var chunk = new ChunkTimes(0, OtherNode, StartMicros, double.NaN, 0, 0, 600_000);
        var line = PageClock.Derive([chunk], [], null);

        Assert.Equal(TimeQuality.Unknown, line.StretchAt(0).Quality);
        Assert.Equal(StartMicros, line.ServerMicrosAt(600_000));
    }

    [Fact]
    public void A_page_clock_that_ran_ahead_by_hours_is_not_called_exact()
    {
        var line = new PageRecord().Sends(5).Sends(10).Sends(15).Sends(4 * 3600, sleptMs: -4 * Hour).TimeLine;

        Assert.All(line.Stretches, stretch => Assert.Equal(TimeQuality.Estimated, stretch.Quality));
    }

    [Fact]
    public void A_page_without_any_chunk_is_unknown()
    {
        var line = PageClock.Derive([], [], StartMs);

        Assert.Equal(TimeQuality.Unknown, Assert.Single(line.Stretches).Quality);
        Assert.Equal(Stretch.UnboundedMs, line.Stretches[0].ErrorMs);
    }
}
