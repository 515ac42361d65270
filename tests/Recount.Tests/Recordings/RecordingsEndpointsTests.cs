using System.Net;
using System.Text.Json;
using Recount.Access;
using Recount.Recordings.Seal;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Recordings;

/// <summary>The shapes that other programs rely on, as <c>architecture.md</c> fixes them.</summary>
public sealed class RecordingsEndpointsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task The_list_and_the_session_have_the_shapes_that_are_fixed()
    {
        await using var host = await ApiHost.StartAsync(postgres);
        var archive = host.Archive;
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        await archive.IndexAsync(
            archiver,
            page.With("""{"at":0,"k":"page","d":{"url":"https://shop.example/","title":"Shop","ordinal":0,"person":"ada"}}""") with
            {
                Query = "clock=2000",
            },
            page with { Seq = 2, Query = "clock=9000" });
        var part = await archiver.SealAsync(page);
        await archive.IndexAsync(archiver, (page with { Seq = 3, Query = "clock=9500" }).Unique());
        await archiver.Summaries.SummariseDueAsync(CancellationToken.None);
        var token = await host.TokenAsync(archive.Account);

        var list = JsonDocument.Parse(await host.TextAsync("/api/v1/sessions", token)).RootElement;
        Assert.Equal(["items", "next"], Names(list));
        var item = Assert.Single(list.GetProperty("items").EnumerateArray());
        Assert.Equal(
            ["session", "app", "person", "started_at", "duration_ms", "pages", "chunks", "entries", "gaps", "skew_ms", "state"],
            Names(item));
        Assert.Equal(
            (page.Session, archive.App, "ada", 1, 3, 5, 1, "pending"),
            (item.GetProperty("session").GetGuid(), item.GetProperty("app").GetGuid(), item.GetProperty("person").GetString(),
                item.GetProperty("pages").GetInt32(), item.GetProperty("chunks").GetInt32(), item.GetProperty("entries").GetInt32(),
                item.GetProperty("gaps").GetInt32(), item.GetProperty("state").GetString()));
        Assert.Equal(page.ReceivedAt.AddMilliseconds(-9500), item.GetProperty("started_at").GetDateTimeOffset());

        var session = JsonDocument.Parse(await host.TextAsync($"/api/v1/sessions/{page.Session}", token)).RootElement;
        Assert.Equal(page.Session, session.GetProperty("session").GetGuid());
        var shown = Assert.Single(session.GetProperty("pages").EnumerateArray());
        Assert.Equal("https://shop.example/", shown.GetProperty("url").GetString());
        Assert.Equal("exact", shown.GetProperty("quality").GetString());
        Assert.Equal(1, shown.GetProperty("pending_chunks").GetInt32());
        Assert.Equal("""[{"from_seq":1,"to_seq":1,"cause":"not_received"}]""", shown.GetProperty("gaps").GetRawText());
        var shownPart = Assert.Single(shown.GetProperty("parts").EnumerateArray());
        Assert.Equal(["part", "root", "chunks", "sealed_at", "verified_at"], Names(shownPart));
        Assert.Equal(part!.Root.ToString(), shownPart.GetProperty("root").GetString());
        Assert.Equal(2, shownPart.GetProperty("chunks").GetInt32());
    }

    [Fact]
    public async Task Events_come_in_play_order_with_their_data_as_it_was_recorded()
    {
        const string odd = """{"b":1.50,  "a" : [1e400,-0, 123456789012345678901234567890], "t":"\u00e9\ud83d \"é\/" }""";
        await using var host = await ApiHost.StartAsync(postgres);
        var archive = host.Archive;
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        await archive.IndexAsync(
            archiver,
            (page with { Seq = 2 }).With("""{"at":3,"k":"click","d":"late"}"""),
            page.With("", $$"""  {"d": {{odd}} , "k":"event", "at":1.25}  """, """{"k":"\ud800","at":"soon","\udfff":1}"""));
        await archiver.SealAsync(page);
        await archive.IndexAsync(archiver, (page with { Seq = 1 }).With("""{"at":2,"k":"rrweb","d":null}"""));

        using var answer = await host.GetAsync($"/api/v1/sessions/{page.Session}/events", await host.TokenAsync(archive.Account));

        Assert.Equal("application/x-ndjson", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(
            $$"""
            {"page":"{{page.Page}}","seq":0,"i":0,"at":1.25,"k":"event","d":{{odd}}}
            {"page":"{{page.Page}}","seq":0,"i":1,"at":null,"k":"\ud800","d":null}
            {"page":"{{page.Page}}","seq":1,"i":0,"at":2,"k":"rrweb","d":null}
            {"page":"{{page.Page}}","seq":2,"i":0,"at":3,"k":"click","d":"late"}

            """,
            await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Paging_gives_every_session_once_in_the_order_of_first_reception()
    {
        await using var host = await ApiHost.StartAsync(postgres);
        var archive = host.Archive;
        var archiver = archive.NewArchiver();
        var pages = Enumerable.Range(0, 9)
            .Select(i => archive.NewPage() with { ReceivedAt = TestChunk.Hour.AddTicks(i / 3 * TimeSpan.TicksPerMicrosecond) }).ToList();
        await archive.IndexAsync(archiver, [.. pages, archive.NewPage() with { App = Guid.NewGuid() }]);
        await archiver.Summaries.SummariseDueAsync(CancellationToken.None);
        var token = await host.TokenAsync(archive.Account);
        var listed = new List<Guid>();
        string? next = "";
        do
        {
            var list = JsonDocument.Parse(
                await host.TextAsync($"/api/v1/sessions?app={archive.App}&limit=2{next}", token)).RootElement;
            listed.AddRange(list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("session").GetGuid()));
            next = list.GetProperty("next").GetString() is { } cursor ? $"&after={cursor}" : null;

            // What comes later moves nothing that is listed.
            await archive.IndexAsync(archiver, (pages[0] with { Seq = listed.Count, ReceivedAt = TestChunk.Hour.AddDays(1) }).Unique());
            await archiver.Summaries.SummariseDueAsync(CancellationToken.None);
        }
        while (next is not null);

        Assert.Equal(
            pages.OrderByDescending(page => page.ReceivedAt).ThenByDescending(page => page.Session.ToString(), StringComparer.Ordinal)
                .Select(page => page.Session),
            listed);
    }

    [Theory]
    [InlineData("limit=0", 1)]
    [InlineData("limit=-3", 1)]
    [InlineData("limit=1", 1)]
    [InlineData("limit=100000", 500)]
    public async Task A_limit_out_of_range_is_the_nearest_and_the_list_goes_on(string query, int count)
    {
        await using var host = await ApiHost.StartAsync(postgres);
        var archive = host.Archive;
        var archiver = archive.NewArchiver();
        var token = await host.TokenAsync(archive.Account);
        Assert.Equal("""{"items":[],"next":null}""", await host.TextAsync($"/api/v1/sessions?{query}", token));
        await archive.IndexAsync(archiver, [.. Enumerable.Range(0, 501).Select(_ => archive.NewPage())]);
        while (await archiver.Summaries.SummariseDueAsync(CancellationToken.None) > 0)
        {
        }

        var list = JsonDocument.Parse(await host.TextAsync($"/api/v1/sessions?{query}", token)).RootElement;

        Assert.Equal(count, list.GetProperty("items").GetArrayLength());
        Assert.NotNull(list.GetProperty("next").GetString());
    }

    [Theory]
    [InlineData("x")]
    [InlineData(".")]
    [InlineData("1.2")]
    [InlineData("-1.00000000000000000000000000000000")]
    [InlineData("99999999999999999999.00000000000000000000000000000000")]
    [InlineData("3999999999999999999.00000000000000000000000000000000")]
    [InlineData("637000000000000000.00000000000000000000000000000000.1")]
    public async Task A_malformed_cursor_is_a_problem_with_a_type(string after)
    {
        await using var host = await ApiHost.StartAsync(postgres);
        using var answer = await host.GetAsync($"/api/v1/sessions?after={after}", await host.TokenAsync(host.Archive.Account));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.EndsWith(
            "malformed", JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("type").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_account_recorded_is_out_of_reach_of_every_other_and_of_nobody()
    {
        await using var host = await ApiHost.StartAsync(postgres);
        var archive = host.Archive;
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        await archive.IndexAsync(archiver, page);
        await archiver.SealAsync(page);
        await archiver.Summaries.SummariseDueAsync(CancellationToken.None);
        var session = $"/api/v1/sessions/{page.Session}";
        string[] ofOneSession = [session, $"{session}/events", $"{session}/pages/{page.Page}/parts/0"];
        var other = await host.OtherAccountAsync();
        foreach (var role in Enum.GetValues<AccountRole>())
        {
            var (mine, theirs) = (await host.TokenAsync(archive.Account, role), await host.TokenAsync(other, role));
            foreach (var path in ofOneSession)
            {
                await host.TextAsync(path, mine);
                using var refused = await host.GetAsync(path, theirs);
                Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
            }

            Assert.Equal("""{"items":[],"next":null}""", await host.TextAsync($"/api/v1/sessions?app={archive.App}", theirs));
            Assert.Equal("[]", await host.TextAsync("/api/v1/conservation?from=2000-01-01&to=2100-01-01", theirs));
        }

        foreach (var path in ofOneSession.Append("/api/v1/sessions").Append("/api/v1/conservation"))
        {
            foreach (var token in new[] { null, "rt_nobody" })
            {
                using var refused = await host.GetAsync(path, token);
                Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            }
        }
    }

    [Fact]
    public async Task A_part_is_handed_out_as_it_is_stored()
    {
        await using var host = await ApiHost.StartAsync(postgres);
        var archive = host.Archive;
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        await archive.IndexAsync(archiver, page);
        await archiver.SealAsync(page);
        var token = await host.TokenAsync(archive.Account);

        using var answer = await host.GetAsync($"/api/v1/sessions/{page.Session}/pages/{page.Page}/parts/0", token);

        Assert.Equal(
            await File.ReadAllBytesAsync(archive.PathOf(PartKeys.Recording(page.PageId, 0))), await answer.Content.ReadAsByteArrayAsync());
        using var none = await host.GetAsync($"/api/v1/sessions/{page.Session}/pages/{page.Page}/parts/1", token);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(property => property.Name);
}
