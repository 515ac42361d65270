using System.Globalization;
using Recount.FaultTests.Infrastructure;
using Recount.Tests.Infrastructure;

namespace Recount.FaultTests.Capture;

public sealed class DatabaseFaultTests
{
    private const string NoDatabase = "Host=127.0.0.1;Port=1;Username=nobody;Password=none;Database=none;Timeout=1";

    [Fact]
    public async Task Capture_goes_on_without_its_database_and_starts_without_it()
    {
        using var directory = new TemporaryDirectory();
        string key;
        await using (var server = await ServerProcess.StartAsync(new ServerStart
        {
            Data = directory["data"],
            Arguments = ["--roles", "capture,app"],
        }))
        {
            key = await server.CreateAppAsync("shop");
            using var http = server.CreateClient();
            var client = new CaptureClient(http, key);
            Assert.Null(await client.SendAsync());
            var postgres = int.Parse(
                File.ReadLines(Path.Combine(directory["data"], "postgres", Cluster(directory["data"]), "postmaster.pid")).First(),
                CultureInfo.InvariantCulture);
            using (var stop = System.Diagnostics.Process.Start("kill", $"-STOP {postgres}"))
            {
                await stop.WaitForExitAsync();
            }

            for (var i = 0; i < 50; i++)
            {
                Assert.Null(await client.SendAsync());
            }

            using (var go = System.Diagnostics.Process.Start("kill", $"-CONT {postgres}"))
            {
                await go.WaitForExitAsync();
            }

            await server.KillAsync();
            await client.AssertNothingIsLostAsync(directory["data"]);
        }

        await using var alone = await ServerProcess.StartAsync(new ServerStart
        {
            Data = directory["data"],
            Port = ServerProcess.FreePort(),
            UntilReady = false,
            Environment = new Dictionary<string, string>
            {
                ["RECOUNT__Database__ConnectionString"] = NoDatabase,
                ["RECOUNT__Database__OwnerConnectionString"] = NoDatabase,
            },
        });
        using var other = alone.CreateClient();
        Assert.Null(await new CaptureClient(other, key).SendAsync());
        Assert.Equal("keys_not_current", await new CaptureClient(other, "rk_" + new string('0', 32)).SendAsync());
    }

    private static string Cluster(string data) => Path.GetRelativePath(
        Path.Combine(data, "postgres"),
        Path.GetDirectoryName(Directory.GetFiles(Path.Combine(data, "postgres"), "postmaster.pid", SearchOption.AllDirectories).First())!);
}
