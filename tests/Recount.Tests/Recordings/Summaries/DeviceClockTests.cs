using System.Globalization;
using Recount.Recordings.Summaries;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Recordings.Summaries;

/// <summary>Devices with the clocks of the fault matrix, from the intake to the list: each records like any other.</summary>
public sealed class DeviceClockTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const double DayMs = 86_400_000;

    /// <summary>The wall clock that a device shows at a moment, given in Unix ms, as it writes it into the query.</summary>
    private static readonly Dictionary<string, Func<double, int, string>> Clocks = new()
    {
        ["1 s ahead"] = (wall, _) => Text(wall + 1000),
        ["1 s behind"] = (wall, _) => Text(wall - 1000),
        ["55 min ahead"] = (wall, _) => Text(wall + (55 * 60_000)),
        ["23 h ahead"] = (wall, _) => Text(wall + (23 * 3_600_000)),
        ["23 h behind"] = (wall, _) => Text(wall - (23 * 3_600_000)),
        ["400 d ahead"] = (wall, _) => Text(wall + (400 * DayMs)),
        ["400 d behind"] = (wall, _) => Text(wall - (400 * DayMs)),
        ["at epoch 0"] = (_, _) => "0",
        ["in year 9999"] = (_, _) => "253402300799999",
        ["beyond any year"] = (_, _) => "1e308",
        ["before any year"] = (_, _) => "-1e308",
        ["NaN"] = (_, _) => "NaN",
        ["Infinity"] = (_, _) => "Infinity",
        ["empty"] = (_, _) => "",
        ["jumping"] = (wall, seq) => Text(wall + (seq % 2 * 7 * DayMs)),
        ["going backwards"] = (wall, seq) => Text(wall - (seq * 60_000)),
    };

    public static TheoryData<string> Devices() => [.. Clocks.Keys];

    [Theory]
    [MemberData(nameof(Devices))]
    public async Task A_device_records_like_any_other_whatever_its_wall_clock_says(string clock)
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var reference = Page(archive, (at, _) => Text(at));
        var device = Page(archive, Clocks[clock]);
        await archive.IndexAsync(archiver, [.. reference, .. device]);
        await archiver.SealAsync(reference[0]);
        await archiver.SealAsync(device[0]);
        await archiver.Summaries.SummariseDueAsync(CancellationToken.None);

        var (expected, found) = (await FindAsync(archive, reference[0]), await FindAsync(archive, device[0]));

        Assert.Equal(
            expected with { Session = found.Session, SkewMs = found.SkewMs, Url = found.Url }, found);
        Assert.Equal(TestChunk.Hour.AddMilliseconds(-40), found.StartedAt);
        Assert.Equal("exact", found.Quality);
        await archive.ExpectAsync(archived: 8);
    }

    [Theory]
    [InlineData("1e308")]
    [InlineData("-1e308")]
    [InlineData("NaN")]
    [InlineData("9223372036854775807")]
    [InlineData("-62135596800000")]
    [InlineData("253402300799999")]
    public async Task A_page_clock_that_no_page_can_have_is_listed_all_the_same(string clock)
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        var number = clock == "NaN" ? "null" : clock;
        await archive.IndexAsync(
            archiver,
            page.With($$$"""{"at":{{{number}}},"k":"page","d":{"opened":{{{number}}},"ordinal":{{{number}}},"viewport":7}}""",
                $$$"""{"at":{{{number}}},"k":"anchor","d":{"wall":{{{number}}},"clock":{{{number}}}}}""",
                """{"k":"gap","d":["not","an","object"]}""") with { Query = $"clock={clock}&sent={clock}&from={clock}&to={clock}" },
            page.With("""{"k":"page","d":null}""") with { Seq = 1, Query = $"sent={clock}&last=1&last=0" });
        await archiver.SealAsync(page);
        await archiver.Summaries.SummariseDueAsync(CancellationToken.None);

        var found = await FindAsync(archive, page);

        Assert.Equal((1, 2, 4L, 0), (found.Pages, found.Chunks, found.Entries, found.PendingChunks));
        Assert.InRange(found.DurationMs, 0, long.MaxValue);
    }

    [Fact]
    public async Task A_summary_says_what_is_known_of_the_session()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var first = archive.NewPage();
        var second = first with { Page = Guid.NewGuid() };
        await archive.IndexAsync(
            archiver,
            second.With("""{"at":0,"k":"page","d":{"ordinal":1,"url":"https://shop.example/two","title":"Two"}}""",
                """{"at":10,"k":"identify","d":{"id":"ada"}}""") with { Query = "clock=100", ReceivedAt = TestChunk.Hour.AddSeconds(70) },
            first.With("""{"at":0,"k":"page","d":{"ordinal":0,"url":"https://shop.example/one","title":"O\u0000ne","person":"guest"}}""") with
            {
                Query = "clock=0", ReceivedAt = TestChunk.Hour.AddSeconds(1),
            },
            first with { Seq = 2, Query = "clock=60000", ReceivedAt = TestChunk.Hour.AddSeconds(61) });
        await archiver.SealAsync(first);
        await archiver.Summaries.SummariseDueAsync(CancellationToken.None);

        var found = await FindAsync(archive, first);

        Assert.Equal("ada", found.Person);
        Assert.Equal("https://shop.example/one", found.Url);
        Assert.Equal("O\uFFFDne", found.Title);
        Assert.Equal((2, 3, 1, 5L, 1), (found.Pages, found.Chunks, found.PendingChunks, found.Entries, found.Gaps));
        Assert.Equal(TestChunk.Hour.AddSeconds(1), found.StartedAt);
        Assert.Equal(TestChunk.Hour.AddSeconds(1), found.FirstReceivedAt);
        Assert.Equal(TestChunk.Hour.AddSeconds(70), found.LastReceivedAt);
    }

    [Fact]
    public async Task One_session_that_cannot_be_summarised_does_not_hold_the_others()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var (bad, good) = (archive.NewPage().With("""{"at":0,"k":"page","d":{}}"""), archive.NewPage());
        await archive.IndexAsync(archiver, bad);
        await archive.TamperAsync("UPDATE recount.entry_fact SET data = 'not JSON'");
        await archive.IndexAsync(archiver, good);

        await archiver.Summaries.SummariseDueAsync(CancellationToken.None);

        Assert.Equal(1, (await FindAsync(archive, good)).Chunks);
    }

    private static TestChunk[] Page(Archive archive, Func<double, int, string> wall)
    {
        var page = archive.NewPage();
        return [.. Enumerable.Range(0, 4).Select(seq =>
        {
            var received = TestChunk.Hour.AddMilliseconds((seq * 5000) + (seq * 13));
            var sent = wall(received.ToUnixTimeMilliseconds() - 40, seq);
            return (page with { Seq = seq, ReceivedAt = received, Query = $"sent={sent}&clock={(seq * 5000) + 40}" }).Unique();
        })];
    }

    private static async Task<SessionSummary> FindAsync(Archive archive, TestChunk chunk)
    {
        var list = await new SummaryStore(archive.Db).ListAsync(
            chunk.Account, null, null, SummaryStore.MaxPageSize, CancellationToken.None);
        return Assert.Single(list.Items, item => item.Session == chunk.Session);
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
