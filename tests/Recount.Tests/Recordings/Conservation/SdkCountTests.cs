using Recount.Recordings.Conservation;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Recordings.Conservation;

/// <summary>What an SDK says it captured stands beside what arrived, page by page.</summary>
public sealed class SdkCountTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly TimeSpan LongAgo = TimeSpan.FromHours(1);

    [Fact]
    public async Task A_page_of_which_all_arrived_has_no_difference_sealed_or_not()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage() with { Query = "captured=2&dropped=0" };
        await archive.IndexAsync(archiver, page);
        await archiver.SealAsync(page);
        await archive.IndexAsync(archiver, (page with { Seq = 1, Query = "captured=4&dropped=0&last=1" }).Unique());

        var hour = await HourAsync(archive, archiver);

        Assert.Equal((1, 4, 4, 0, 0), Figures(hour));
        Assert.Empty(hour.Pages);
        Assert.Empty(hour.Dropped);
    }

    [Fact]
    public async Task A_chunk_that_never_came_is_a_difference_with_its_page_and_cause()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage() with { Query = "captured=2" };
        await archive.IndexAsync(archiver, page, (page with { Seq = 2, Query = "captured=7" }).Unique());

        var hour = await HourAsync(archive, archiver);

        Assert.Equal((1, 7, 4, 0, 3), Figures(hour));
        var differing = Assert.Single(hour.Pages);
        Assert.Equal((page.Session, page.Page, 3, "not_received"), (differing.Session, differing.Page, differing.Difference, differing.Cause));
    }

    [Fact]
    public async Task On_a_page_of_which_something_came_just_now_it_is_pending()
    {
        var clock = new TestClock();
        using var archive = await Archive.CreateAsync(postgres, clock);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage() with { ReceivedAt = clock.GetUtcNow(), Query = "captured=9" };
        await archive.IndexAsync(archiver, page);
        await archiver.Summaries.SummariseDueAsync(CancellationToken.None);

        Assert.Equal((1, 9, 2, 7, 0), Figures(await ReadAsync(archive, archiver)));
        Assert.Empty((await ReadAsync(archive, archiver)).Pages);
        clock.Advance(LongAgo);
        Assert.Equal((1, 9, 2, 0, 7), Figures(await ReadAsync(archive, archiver)));
        Assert.Equal("unexplained", Assert.Single((await ReadAsync(archive, archiver)).Pages).Cause);
    }

    [Fact]
    public async Task A_chunk_in_quarantine_is_the_cause_where_there_is_one()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage() with { Query = "captured=2" };
        await archive.IndexAsync(
            archiver, page, (page with { Seq = 1 }).With("not JSON"), (page with { Seq = 3, Query = "captured=8" }).Unique());

        Assert.Equal("quarantined", Assert.Single((await HourAsync(archive, archiver)).Pages).Cause);
    }

    [Fact]
    public async Task What_the_SDK_gave_up_is_counted_by_its_reason_and_is_no_difference()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        await archive.IndexAsync(
            archiver,
            page with { Query = "captured=2" },

            // In the place of five entries, of one that was too large, and one of its own that tells of three more.
            (page with { Seq = 1, Query = "captured=7" }).With(Gap("outbox_full", 5, 900)),
            (page with { Seq = 2, Query = "captured=12" }).With(Gap("entry_too_large", 1, 9_000_000), Gap("limit_reached", 3)),
            (page with { Seq = 3, Query = "captured=14" }).With(Gap("whatever", 2, 1)));

        var hour = await HourAsync(archive, archiver);

        Assert.Equal(
            [("entry_too_large", 1), ("limit_reached", 3), ("other", 2), ("outbox_full", 5)],
            hour.Dropped.Select(item => (item.Key, (int)item.Value)).Order());
        Assert.Equal((1, 14, 3, 0, 0), Figures(hour));
    }

    [Theory]
    [InlineData("captured=NaN")]
    [InlineData("captured=-1")]
    [InlineData("captured=9223372036854775807")]
    [InlineData("")]
    public async Task A_page_that_does_not_say_what_it_captured_is_not_compared(string query)
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        await archive.IndexAsync(archiver, archive.NewPage() with { Query = query });

        Assert.Equal((0, 0, 0, 0, 0), Figures(await HourAsync(archive, archiver)));
    }

    private static async Task<ConservationHour> HourAsync(Archive archive, Archiver archiver)
    {
        await archiver.Summaries.SummariseDueAsync(CancellationToken.None);
        return await ReadAsync(archive, archiver);
    }

    private static async Task<ConservationHour> ReadAsync(Archive archive, Archiver archiver) =>
        Assert.Single(await archiver.Report.HoursAsync(
            archive.Account, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200), CancellationToken.None));

    private static (int Pages, int Captured, int Arrived, int Pending, int Difference) Figures(ConservationHour hour) =>
        ((int)hour.Captured.Pages, (int)hour.Captured.Captured, (int)hour.Captured.Arrived, (int)hour.Captured.Pending,
            (int)hour.Captured.Difference);

    private static string Gap(string reason, int count, int? bytes = null) =>
        $$$"""{"at":1,"k":"gap","d":{"reason":"{{{reason}}}","count":{{{count}}}{{{(bytes is null ? "" : $",\"bytes\":{bytes}")}}}}}""";
}
