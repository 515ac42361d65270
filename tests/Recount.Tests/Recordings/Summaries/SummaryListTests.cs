using Recount.Recordings.Summaries;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Recordings.Summaries;

public sealed class SummaryListTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task The_sessions_beside_one_are_those_of_the_list_it_was_opened_from()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var (one, other) = (archive.App, Guid.NewGuid());
        var pages = new[] { one, other, one, other }
            .Select((app, i) => archive.NewPage() with { App = app, ReceivedAt = TestChunk.Hour.AddSeconds(i) }).ToList();
        await archive.IndexAsync(archiver, [.. pages]);
        await archiver.Summaries.SummariseDueAsync(CancellationToken.None);
        var store = new SummaryStore(archive.Db);
        var ids = pages.ConvertAll(page => page.Session);

        async Task<(Guid?, Guid?)> BesideAsync(Guid account, Guid? app, Guid session)
        {
            var found = await store.NeighboursAsync(account, app, session, CancellationToken.None);
            return (found.Newer, found.Older);
        }

        Assert.Equal((ids[2], ids[0]), await BesideAsync(archive.Account, null, ids[1]));
        Assert.Equal((ids[3], null), await BesideAsync(archive.Account, other, ids[1]));
        Assert.Equal((null, ids[0]), await BesideAsync(archive.Account, one, ids[2]));
        Assert.Equal((null, null), await BesideAsync(archive.Account, null, Guid.NewGuid()));
        Assert.Equal((null, null), await BesideAsync(Guid.NewGuid(), null, ids[1]));
    }

    [Fact]
    public async Task Who_was_identified_on_one_page_is_no_stranger_on_the_next()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var first = archive.NewPage();
        var second = first with { Page = Guid.NewGuid() };
        await archive.IndexAsync(
            archiver,
            first.With(
                """{"at":0,"k":"page","d":{"ordinal":0,"person":"8e1f0000-0000-4000-8000-000000000000"}}""",
                """{"at":10,"k":"identify","d":{"id":"ada"}}"""),
            second.With("""{"at":0,"k":"page","d":{"ordinal":1,"person":"8e1f0000-0000-4000-8000-000000000000"}}"""));
        await archiver.Summaries.SummariseDueAsync(CancellationToken.None);

        var listed = await new SummaryStore(archive.Db).ListAsync(archive.Account, null, null, 1, CancellationToken.None);

        Assert.Equal("ada", Assert.Single(listed.Items).Person);
    }
}
