using Recount.Tests.Infrastructure;

namespace Recount.Tests.Recordings.Conservation;

public sealed class ConservationEndpointTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Theory]
    [InlineData("to=0001-01-01T00:00:00Z")]
    [InlineData("from=9999-12-31T23:59:59Z&to=0001-01-01T00:00:00Z")]
    public async Task Conservation_of_any_span_is_answered(string span)
    {
        await using var host = await ApiHost.StartAsync(postgres);

        Assert.Equal("[]", await host.TextAsync($"/api/v1/conservation?{span}", await host.TokenAsync(host.Archive.Account)));
    }
}
