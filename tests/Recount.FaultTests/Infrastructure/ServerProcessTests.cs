using System.Net;
using Recount.Tests.Infrastructure;

namespace Recount.FaultTests.Infrastructure;

public sealed class ServerProcessTests
{
    [Fact]
    public async Task A_server_starts_takes_an_app_stops_and_starts_again_on_its_data()
    {
        using var directory = new TemporaryDirectory();
        await using (var server = await ServerProcess.StartAsync(directory["data"]))
        {
            Assert.StartsWith("rk_", await server.CreateAppAsync("shop"), StringComparison.Ordinal);
            Assert.Equal(0, await server.StopAsync());
        }

        await using var again = await ServerProcess.StartAsync(directory["data"]);
        using var client = again.CreateClient();
        using var answer = await client.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
