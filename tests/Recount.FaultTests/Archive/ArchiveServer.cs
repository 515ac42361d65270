using System.Diagnostics;
using Recount.FaultTests.Infrastructure;
using Recount.Tests.Infrastructure;

namespace Recount.FaultTests.Archive;

/// <summary>A data directory with an app, made once and copied for each test, and servers on it with short periods.</summary>
public sealed class ArchiveServer : IAsyncLifetime, IDisposable
{
    private static readonly Dictionary<string, string> ShortPeriods = new()
    {
        ["RECOUNT__Capture__Intake__MaxAge"] = "00:00:00.050",
        ["RECOUNT__Recordings__QuietPeriod"] = "00:00:00.200",
        ["RECOUNT__Recordings__EndedQuietPeriod"] = "00:00:00.100",
        ["RECOUNT__Recordings__FollowInterval"] = "00:00:00.050",
        ["RECOUNT__Recordings__ReconcileInterval"] = "00:00:01",
        ["RECOUNT__Recordings__SealInterval"] = "00:00:00.050",
        ["RECOUNT__Recordings__ConservationInterval"] = "00:00:00.050",
        ["RECOUNT__Recordings__SummaryInterval"] = "00:00:00.050",
        ["RECOUNT__Recordings__ReleaseInterval"] = "00:00:00.100",
        ["RECOUNT__Recordings__ReleaseGrace"] = "00:00:00",
    };

    private readonly TemporaryDirectory directory = new();
    private int copies;

    /// <summary>The app's capture key.</summary>
    public string Key { get; private set; } = "";

    public async Task InitializeAsync()
    {
        await using var server = await StartAsync(directory["made"]);
        Key = await server.CreateAppAsync("shop");
        Assert.Equal(0, await server.StopAsync());
    }

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>A data directory of its own for a test, with the app in it.</summary>
    public async Task<string> CopyAsync()
    {
        var copy = directory[$"copy{Interlocked.Increment(ref copies)}"];
        using var cp = Process.Start("cp", ["-a", directory["made"], copy]);
        await cp.WaitForExitAsync();
        Assert.Equal(0, cp.ExitCode);
        return copy;
    }

    public static Task<ServerProcess> StartAsync(string data, params (string Name, string Value)[] more) =>
        ServerProcess.StartAsync(data, [.. ShortPeriods.Select(item => (item.Key, item.Value)), .. more]);

    public void Dispose() => directory.Dispose();
}
