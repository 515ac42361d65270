using System.Diagnostics;
using Recount.FaultTests.Infrastructure;
using Recount.Tests.Infrastructure;

namespace Recount.FaultTests.Capture;

/// <summary>The real process on a medium that fails, fills up or is pulled: what was acknowledged is there.</summary>
public sealed class StorageFaultTests
{
    [Theory]
    [InlineData("fdatasync", "EIO")]
    [InlineData("fdatasync", "EDQUOT")]
    [InlineData("fsync", "ENOSPC")]
    public async Task A_sync_that_fails_refuses_chunks_and_capture_recovers_by_itself(string call, string error)
    {
        using var directory = new TemporaryDirectory();
        var key = await PrepareAsync(directory["data"]);
        var port = ServerProcess.FreePort();
        await using var server = await ServerProcess.StartAsync(new ServerStart
        {
            Data = directory["data"],
            Port = port,
            UntilReady = false,
            Arguments = ["--roles", "capture"],
            Environment = Quick,
        });
        using var http = server.CreateClient();
        var client = new CaptureClient(http, key);
        await client.SendUntilAsync(reason => reason is null, "a chunk before the fault");
        using (var strace = await StraceAsync(server.Pid, $"inject={call}:error={error}"))
        {
            if (call == "fsync")
            {
                // Directories are synced when an object is new: every object fails, none of its chunks counts.
                await client.SendUntilAsync(reason => reason == "storage_failed", "a refusal");
            }
            else
            {
                await client.SendUntilAsync(reason => reason == "storage_failed", "a refusal");
                Assert.Equal("storage_failed", await client.SendAsync());
            }

            Assert.False(server.HasExited, server.Output);
            await EndAsync(strace);
        }

        await client.SendUntilAsync(reason => reason is null, "capture again");
        for (var i = 0; i < 20; i++)
        {
            Assert.Null(await client.SendAsync());
        }

        await server.KillAsync();
        await client.AssertNothingIsLostAsync(directory["data"]);
    }

    [RootFact]
    public async Task A_full_disk_refuses_chunks_and_capture_goes_on_when_there_is_space()
    {
        using var directory = new TemporaryDirectory();
        var data = directory["data"];
        var key = await PrepareAsync(data);
        Directory.CreateDirectory(directory["small"]);
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=24m,mode=700", "tmpfs", directory["small"]);
        try
        {
            await RunAsync("cp", "-a", Path.Combine(data, "capture"), directory["small"]);
            await using var server = await ServerProcess.StartAsync(new ServerStart
            {
                Data = directory["small"],
                Port = ServerProcess.FreePort(),
                UntilReady = false,
                Arguments = ["--roles", "capture"],
                Environment = new Dictionary<string, string>(Quick)
                {
                    ["RECOUNT__Database__ConnectionString"] = NoDatabase,
                    ["RECOUNT__Database__OwnerConnectionString"] = NoDatabase,
                    ["RECOUNT__Capture__DiskReserve"] = "0",
                },
            });
            using var http = server.CreateClient();
            var client = new CaptureClient(http, key);
            await File.WriteAllBytesAsync(Path.Combine(directory["small"], "ballast"), new byte[20 << 20]);
            await client.SendUntilAsync(reason => reason == "storage_failed", "a full disk", bytes: 300_000);
            Assert.False(server.HasExited, server.Output);
            File.Delete(Path.Combine(directory["small"], "ballast"));
            await client.SendUntilAsync(reason => reason is null, "capture again");
            for (var i = 0; i < 20; i++)
            {
                Assert.Null(await client.SendAsync());
            }

            await server.KillAsync();
            await client.AssertNothingIsLostAsync(directory["small"]);
        }
        finally
        {
            await RunAsync("umount", directory["small"]);
        }
    }

    [Fact]
    public async Task Below_the_reserve_chunks_are_refused_before_the_disk_is_full()
    {
        using var directory = new TemporaryDirectory();
        var key = await PrepareAsync(directory["data"]);
        await using var server = await ServerProcess.StartAsync(new ServerStart
        {
            Data = directory["data"],
            Port = ServerProcess.FreePort(),
            UntilReady = false,
            Arguments = ["--roles", "capture"],
            Environment = new Dictionary<string, string> { ["RECOUNT__Capture__DiskReserve"] = "4000 TiB" },
        });
        using var http = server.CreateClient();
        Assert.Equal("disk_reserve", await new CaptureClient(http, key).SendAsync());
    }

    [Theory]
    [InlineData("intake-after-append")]
    [InlineData("intake-after-sync")]
    [InlineData("intake-before-footer")]
    [InlineData("intake-after-footer")]
    [InlineData("put-before-link")]
    [InlineData("put-after-link")]
    public async Task A_process_killed_at_a_boundary_loses_nothing_it_acknowledged(string failpoint)
    {
        using var directory = new TemporaryDirectory();
        var key = await PrepareAsync(directory["data"]);
        CaptureClient client;
        await using (var server = await ServerProcess.StartAsync(new ServerStart
        {
            Data = directory["data"],
            Port = ServerProcess.FreePort(),
            UntilReady = false,
            Arguments = ["--roles", "capture"],
            Environment = new Dictionary<string, string>
            {
                ["RECOUNT_FAILPOINT"] = failpoint + (failpoint.StartsWith("put", StringComparison.Ordinal) ? "" : ":3"),
                ["RECOUNT__Capture__Intake__MaxAge"] = "00:00:00.050",
            },
        }))
        {
            using var http = server.CreateClient();
            client = new CaptureClient(http, key);
            try
            {
                if (failpoint.StartsWith("put", StringComparison.Ordinal))
                {
                    await client.SendUntilAsync(reason => reason is null && client.Acknowledged.Count > 5, "some chunks");
                    await server.StopAsync();
                }
                else
                {
                    await client.SendUntilAsync(_ => server.HasExited, "the kill");
                }
            }
            catch (HttpRequestException)
            {
                // It was killed while a chunk was on its way.
            }

            Assert.Equal(137, await server.ExitedAsync());
        }

        await client.AssertNothingIsLostAsync(directory["data"]);
    }

    private const string NoDatabase = "Host=127.0.0.1;Port=1;Username=nobody;Password=none;Database=none;Timeout=1";

    private static readonly Dictionary<string, string> Quick = new()
    {
        ["RECOUNT__Capture__Intake__RestAfterFailure"] = "00:00:00.050",
        ["RECOUNT__Capture__Intake__MaxAge"] = "00:00:00.050",
    };

    /// <summary>Makes an app on a data directory, so that later processes find its key in the saved snapshot.</summary>
    private static async Task<string> PrepareAsync(string data)
    {
        await using var server = await ServerProcess.StartAsync(data);
        var key = await server.CreateAppAsync("shop");
        await server.StopAsync();
        return key;
    }

    private static async Task<Process> StraceAsync(int pid, string inject)
    {
        var strace = Process.Start(new ProcessStartInfo("strace", ["-f", "-qq", "-e", inject, "-o", "/dev/null", "-p", $"{pid}"]))!;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!IsTraced(pid))
        {
            Assert.False(strace.HasExited, "strace could not attach to the server.");
            await timer.WaitForNextTickAsync();
        }

        return strace;
    }

    private static bool IsTraced(int pid) => Directory.GetDirectories($"/proc/{pid}/task").All(
        task => !File.ReadAllText(Path.Combine(task, "status")).Contains("TracerPid:\t0\n", StringComparison.Ordinal));

    private static async Task EndAsync(Process process)
    {
        using var kill = Process.Start("kill", $"-INT {process.Id}");
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}

/// <summary>A test that mounts file systems.</summary>
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Skip = "Mounting a file system needs root.";
        }
    }
}
