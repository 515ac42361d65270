using System.Net;
using Recount.Access;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Recordings.Conservation;

/// <summary>The shape of conservation's answers, as <c>docs/api.md</c> fixes it.</summary>
public sealed class ConservationEndpointTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Conservation_is_given_per_account_and_hour()
    {
        await using var host = await ApiHost.StartAsync(postgres);
        var (archive, archiver) = (host.Archive, host.Archive.NewArchiver());
        var page = archive.NewPage() with { Query = "captured=5" };
        await archive.IndexAsync(archiver, page, page, page with { Seq = 1, ReceivedAt = TestChunk.Hour.AddHours(1) });
        await archiver.SealAsync(page);
        await archive.IndexAsync(archiver, page.Unique());
        await archiver.Summaries.SummariseDueAsync(CancellationToken.None);

        var rows = await host.TextAsync(
            $"/api/v1/conservation?from={TestChunk.Hour:yyyy-MM-ddTHH:mm:ssZ}&to={TestChunk.Hour.AddHours(1):yyyy-MM-ddTHH:mm:ssZ}",
            await host.TokenAsync(archive.Account));

        Assert.Equal(
            $$$"""
            [{"account":"{{{archive.Account}}}","hour":"2021-05-06T07:00:00+00:00","accepted":3,"pending":0,"archived":1,
            "duplicate":1,"quarantined":1,"erased":0,"difference":0,
            "sessions":{"seen":1,"archived":1,"pending":0,"quarantined":0,"difference":0,"missing":[]},
            "sdk":{"pages":1,"captured":5,"arrived":4,"dropped":{},"pending":0,"difference":1,
            "differing":[{"session":"{{{page.Session}}}","page":"{{{page.Page}}}","difference":1,"cause":"unexplained"}]}}]
            """.ReplaceLineEndings(""),
            rows);
    }

    [Fact]
    public async Task Objects_are_shown_to_operators_alone()
    {
        await using var host = await ApiHost.StartAsync(postgres);
        using var refused = await host.GetAsync(
            "/api/v1/conservation/objects", await host.TokenAsync(host.Archive.Account, AccountRole.Owner));

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Theory]
    [InlineData("to=0001-01-01T00:00:00Z")]
    [InlineData("from=9999-12-31T23:59:59Z&to=0001-01-01T00:00:00Z")]
    public async Task Conservation_of_any_span_is_answered(string span)
    {
        await using var host = await ApiHost.StartAsync(postgres);

        Assert.Equal("[]", await host.TextAsync($"/api/v1/conservation?{span}", await host.TokenAsync(host.Archive.Account)));
    }
}
