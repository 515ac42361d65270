using Recount.Wire.Clocks;
using static Recount.Tests.Wire.Clocks.PageRecord;

namespace Recount.Tests.Wire.Clocks;

public sealed class SessionTimeLineTests
{
    [Fact]
    public void Pages_that_follow_each_other_share_a_track()
    {
        var session = SessionTimeLine.Derive([Page(2, 1, atMs: 29_700, lengthMs: 10_000), Page(1, 0, 0, 30_000)]);

        Assert.Equal(
            [(Id(1), 0d, 30_000d, 0), (Id(2), 29_700d, 39_700d, 0)],
            session.Pages.Select(page => (page.Page, page.StartMs, page.EndMs, page.Track)));
        Assert.Equal(StartMicros, session.StartMicros);
        Assert.Equal(39_700, session.DurationMs);
    }

    [Fact]
    public void Two_tabs_are_two_tracks_and_a_third_page_takes_the_free_one()
    {
        var session = SessionTimeLine.Derive(
            [Page(1, 0, 0, 20_000), Page(2, 1, 5_000, 60_000), Page(3, 2, 25_000, 10_000)]);

        Assert.Equal([0, 1, 0], session.Pages.Select(page => page.Track));
    }

    [Fact]
    public void Pages_are_ordered_by_ordinal_then_first_reception_then_id_and_never_by_time()
    {
        var session = SessionTimeLine.Derive(
        [
            Page(6, null, 0, 10), Page(4, 1, 0, 10, receivedMs: 7), Page(3, 1, 0, 10, receivedMs: 7),
            Page(5, 1, 0, 10, receivedMs: 9), Page(1, 0, 90_000, 10),
        ]);

        Assert.Equal([Id(1), Id(3), Id(4), Id(5), Id(6)], session.Pages.Select(page => page.Page));
    }

    [Fact]
    public void A_session_starts_with_its_first_exact_page_where_there_is_one()
    {
        var estimated = new PageFacts(
            Id(2), 0, 0, new PageRecord { OpenedWallMs = StartMs - Hour }.IsDelivered(Day, to: 30).TimeLine, 0, 30_000);

        var session = SessionTimeLine.Derive([Page(1, 1, 0, 20_000), estimated]);
        Assert.Equal(StartMicros, session.StartMicros);
        Assert.Equal(20_000, session.DurationMs);
        Assert.Equal(-3_600_000 + 40, session.Pages[0].StartMs);
        Assert.Equal(StartMicros - 3_600_000_000 + 40_000, SessionTimeLine.Derive([estimated]).StartMicros);
    }

    [Fact]
    public void A_session_without_pages_is_empty()
    {
        var session = SessionTimeLine.Derive([]);

        Assert.Equal((0L, 0d, 0), (session.StartMicros, session.DurationMs, session.Pages.Count));
    }

    private static Guid Id(int page) => new(page, 0, 0, new byte[8]);

    private static PageFacts Page(int page, int? ordinal, double atMs, double lengthMs, long receivedMs = 0) => new(
        Id(page), ordinal, receivedMs * 1000,
        new PageRecord().Sends(lengthMs / 1000, sleptMs: atMs, delayMs: 0).TimeLine, 0, lengthMs);
}
