using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Recount.FaultTests.Infrastructure;
using Recount.Tests.Infrastructure;
using Xunit.Abstractions;

namespace Recount.FaultTests.Capture;

public sealed class MemoryTests(ITestOutputHelper output)
{
    private const int Clients = 1_000;
    private const int KeyCount = 10;
    private const long LimitBytes = 64L << 20;

    [Fact]
    public async Task A_thousand_slow_bodies_of_4_MiB_use_at_most_twice_the_limit()
    {
        using var directory = new TemporaryDirectory();
        await using var server = await ServerProcess.StartAsync(directory["data"]);
        var keys = new List<string>();
        for (var i = 0; i < KeyCount; i++)
        {
            keys.Add(await server.CreateAppAsync($"shop {i}"));
        }

        using var http = server.CreateClient();
        var client = new CaptureClient(http, keys[0]);
        for (var i = 0; i < 50; i++)
        {
            Assert.Null(await client.SendAsync());
        }

        var idle = ResidentBytes(server.Pid, "VmRSS");
        File.WriteAllText($"/proc/{server.Pid}/clear_refs", "5");
        var answers = await Task.WhenAll(Enumerable.Range(0, Clients).Select(i => SlowAsync(server.Address, keys[i % KeyCount])));
        var peak = ResidentBytes(server.Pid, "VmHWM");
        output.WriteLine($"Idle {idle >> 20} MiB, peak {peak >> 20} MiB; {answers.Count(answer => answer.Contains("memory_full"))} refused.");
        Assert.Contains(answers, answer => answer.Contains("memory_full", StringComparison.Ordinal));
        Assert.InRange(answers.Count(answer => answer.Length == 0), 1, (int)(LimitBytes >> 22));
        Assert.InRange(peak - idle, 0, 2 * LimitBytes);
        await client.SendUntilAsync(reason => reason is null, "capture again");
    }

    /// <summary>Sends a part of a body at once and then little by little, until it is answered or has gone on long enough.</summary>
    /// <returns>The answer; empty when there was none, because the body was being read.</returns>
    private static async Task<string> SlowAsync(Uri address, string key)
    {
        const int piecesAfterwards = 6;
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, address.Port);
        var answer = AnswerAsync(socket);
        try
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(
                $"POST /capture/v1/{key}/{Guid.NewGuid()}/{Guid.NewGuid()}/0 HTTP/1.1\r\nHost: localhost\r\nContent-Length: {4 << 20}\r\n\r\n"));
            await socket.SendAsync(new byte[300_000]);
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
            for (var piece = 0; piece < piecesAfterwards && !answer.IsCompleted; piece++)
            {
                await socket.SendAsync(new byte[8_000]);
                await timer.WaitForNextTickAsync();
            }
        }
        catch (SocketException)
        {
            // Answered and closed while it was still sending.
        }

        return answer.IsCompleted ? await answer : "";
    }

    private static async Task<string> AnswerAsync(Socket socket)
    {
        var buffer = new byte[2048];
        try
        {
            return Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer));
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            return "reset";
        }
    }

    private static long ResidentBytes(int pid, string field)
    {
        var line = File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line.Split(':')[1].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) << 10;
    }
}
