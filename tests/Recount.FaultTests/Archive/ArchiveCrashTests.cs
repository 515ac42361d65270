using System.Diagnostics;
using System.Globalization;
using Recount.FaultTests.Infrastructure;
using Recount.Primitives;
using Xunit.Abstractions;

namespace Recount.FaultTests.Archive;

/// <summary>Crashes of the real server under load, and what must hold afterwards.</summary>
public sealed class ArchiveCrashTests(ArchiveServer archive, ITestOutputHelper output) : IClassFixture<ArchiveServer>
{
    private const int Sessions = 3;
    private const int ChunksPerPage = 4;
    private const int KilledExitCode = 137;

    public static TheoryData<string> Failpoints() => [.. Failpoint.All];

    [Theory]
    [MemberData(nameof(Failpoints))]
    public async Task A_crash_at_a_failpoint_loses_nothing_and_doubles_nothing(string failpoint)
    {
        var data = await archive.CopyAsync();
        var sent = new SentChunks(Seed());
        sent.Record(Sessions, ChunksPerPage);
        await using (var doomed = await ArchiveServer.StartAsync(data, ("RECOUNT_FAILPOINT", failpoint)))
        {
            using var client = doomed.CreateClient();
            await sent.TrySendAsync(client, archive.Key, CancellationToken.None);
            Assert.Equal(KilledExitCode, await doomed.ExitedAsync());
        }

        await using var server = await ArchiveServer.StartAsync(data);
        await SendAllAsync(server, sent);
        await ArchiveProof.VerifyAsync(server, data, sent);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(data, "scratch")));
    }

    [Fact]
    public async Task Random_kills_of_the_server_and_of_its_database_lose_nothing_and_double_nothing()
    {
        var kills = Environment.GetEnvironmentVariable("RECOUNT_TEST_LONG") == "1" ? 100 : 10;
        var seed = Seed();
        var random = new Random(seed);
        var data = await archive.CopyAsync();
        var sent = new SentChunks(seed);
        var server = await ArchiveServer.StartAsync(data);
        try
        {
            for (var kill = 0; kill < kills; kill++)
            {
                sent.Record(sessions: 2, ChunksPerPage);
                using var client = server.CreateClient();
                var load = sent.TrySendAsync(client, archive.Key, CancellationToken.None);
                await Task.Delay(random.Next(600));
                if (random.Next(3) == 0)
                {
                    if (Postmaster(data) is { } postmaster)
                    {
                        Signal(postmaster, "KILL");
                    }

                    await load;
                    continue;
                }

                await server.KillAsync();
                await load;
                await server.DisposeAsync();
                server = await ArchiveServer.StartAsync(data);
            }

            await SendAllAsync(server, sent);
            await ArchiveProof.VerifyAsync(server, data, sent);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_session_recorded_while_the_database_stands_still_is_there_when_it_goes_on()
    {
        var data = await archive.CopyAsync();
        await using var server = await ArchiveServer.StartAsync(data);
        var sent = new SentChunks(Seed());
        sent.Record(Sessions, ChunksPerPage);
        var postgres = Family(Postmaster(data)!.Value);
        foreach (var process in postgres)
        {
            Signal(process, "STOP");
        }

        try
        {
            using var client = server.CreateClient();
            Assert.True(await sent.TrySendAsync(client, archive.Key, CancellationToken.None));
        }
        finally
        {
            foreach (var process in postgres)
            {
                Signal(process, "CONT");
            }
        }

        await ArchiveProof.VerifyAsync(server, data, sent);
    }

    private async Task SendAllAsync(ServerProcess server, SentChunks sent)
    {
        using var client = server.CreateClient();
        await ArchiveProof.UntilAsync(
            async () => await sent.TrySendAsync(client, archive.Key, CancellationToken.None) ? null : "not all acknowledged",
            server,
            server.Address.ToString());
    }

    /// <returns>Null while there is none: one that was killed is being replaced.</returns>
    private static int? Postmaster(string data)
    {
        var file = Directory.EnumerateFiles(Path.Combine(data, "postgres"), "postmaster.pid", SearchOption.AllDirectories).SingleOrDefault();
        if (file is null || !int.TryParse(File.ReadLines(file).FirstOrDefault(), CultureInfo.InvariantCulture, out var pid))
        {
            return null;
        }

        // The file outlives a killed postmaster, and its number may be another process's by now.
        var directory = new FileInfo($"/proc/{pid}/cwd").LinkTarget;
        return directory?.StartsWith(data, StringComparison.Ordinal) == true ? pid : null;
    }

    /// <summary>A process and its children.</summary>
    private static List<int> Family(int pid) =>
    [
        pid,
        .. File.ReadAllText($"/proc/{pid}/task/{pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(child => int.Parse(child, CultureInfo.InvariantCulture)),
    ];

    private static void Signal(int pid, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", pid.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private int Seed()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("RECOUNT_TEST_SEED"), CultureInfo.InvariantCulture, out var given)
            ? given
            : Random.Shared.Next();
        output.WriteLine($"RECOUNT_TEST_SEED={seed}");
        return seed;
    }
}
