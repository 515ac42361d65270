using System.Net;

namespace Recount.Tests.Replay;

public sealed class ReportEndpointTests(WatchedServer server) : IClassFixture<WatchedServer>
{
    [Fact]
    public async Task A_report_whose_text_is_half_a_surrogate_pair_is_kept()
    {
        var (session, page) = (Guid.NewGuid(), Guid.NewGuid());
        var body = $$"""{"\ud800":1,"session":"{{session}}","page":"{{page}}","cause":"damaged","detail":"\ud800"}""";
        using var response = await server.StageAsync(server.TokenFor(session), "/replay/v1/reports", new StringContent(body));
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }
}
