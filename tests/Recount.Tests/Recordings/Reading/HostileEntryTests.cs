using Recount.Recordings.Reading;
using Recount.Recordings.Summaries;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Recordings.Reading;

/// <summary>Entries whose JSON is valid and whose names no text can hold: the session is listed and shown all the same.</summary>
public sealed class HostileEntryTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Half = "\"\\ud800, longer than any name that is looked for\":1";

    [Theory]
    [InlineData("page", "{\"url\":\"u\",\"title\":\"t\"," + Half + "}")]
    [InlineData("page", "{\"url\":\"u\",\"viewport\":{\"width\":1," + Half + "}}")]
    [InlineData("identify", "{\"id\":\"ada\"," + Half + "}")]
    [InlineData("anchor", "{\"wall\":1,\"clock\":1," + Half + "}")]
    [InlineData("gap", "{\"reason\":\"r\"," + Half + "}")]
    public async Task A_name_that_is_half_a_surrogate_pair_hides_no_session(string kind, string data)
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage().With($$"""{"at":0,"k":"{{kind}}","d":{{data}}}""");
        await archive.IndexAsync(archiver, page);

        await archiver.Summaries.SummariseDueAsync(CancellationToken.None);

        var list = await new SummaryStore(archive.Db).ListAsync(page.Account, null, null, 1, CancellationToken.None);
        Assert.Equal(page.Session, Assert.Single(list.Items).Session);
    }

    [Fact]
    public async Task Of_a_name_that_is_there_twice_the_last_counts_however_it_is_escaped()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage().With("{\"at\":0,\"k\":\"page\",\"d\":{\"title\":\"first\",\"\\u0074itle\":\"last\"," + Half + "}}");
        await archive.IndexAsync(archiver, page);

        var content = await new SessionReader(archive.Db).ReadAsync(page.Account, page.Session, CancellationToken.None);

        Assert.Equal("last", Assert.Single(new SessionView(content!).Pages).View.Title);
    }
}
