using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Recount.Capture.Intake;
using Recount.FaultTests.Infrastructure;
using Recount.ObjectStore.Directory;
using Recount.Primitives;

namespace Recount.FaultTests.Capture;

/// <summary>Sends chunks to a server and remembers what it acknowledged.</summary>
internal sealed class CaptureClient(HttpClient http, string key)
{
    private readonly Guid session = Guid.NewGuid();
    private readonly Guid page = Guid.NewGuid();
    private int next = -1;

    /// <summary>Hash of the body of every acknowledged chunk.</summary>
    public ConcurrentDictionary<int, string> Acknowledged { get; } = new();

    /// <summary>Sends one chunk.</summary>
    /// <returns>The reason of the refusal; null when it was acknowledged.</returns>
    public async Task<string?> SendAsync(int bytes = 200)
    {
        var seq = Interlocked.Increment(ref next);
        var body = Encoding.UTF8.GetBytes($"{{\"k\":\"event\",\"at\":{seq},\"d\":\"{RandomNumberGenerator.GetHexString(bytes)}\"}}\n");
        using var response = await http.PostAsync($"/capture/v1/{key}/{session}/{page}/{seq}", new ByteArrayContent(body));
        var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        if (response.StatusCode != HttpStatusCode.Accepted)
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.NotNull(response.Headers.RetryAfter);
            return answer.GetProperty("reason").GetString();
        }

        Acknowledged[seq] = Convert.ToHexStringLower(SHA256.HashData(body));
        Assert.Equal(Acknowledged[seq], answer.GetProperty("sha256").GetString());
        return null;
    }

    /// <summary>Sends until the condition holds of what <see cref="SendAsync"/> returns.</summary>
    public async Task SendUntilAsync(Func<string?, bool> condition, string what, int bytes = 200)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        using var end = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!condition(await SendAsync(bytes)))
        {
            Assert.False(end.IsCancellationRequested, $"Never: {what}");
            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>Reads the intake of a stopped server: every acknowledged chunk is there once, byte for byte.</summary>
    public async Task AssertNothingIsLostAsync(string data)
    {
        var files = new PosixFileSystem();
        new IntakeRecovery(files, data, NodeIdentity(data), NullLogger<IntakeRecovery>.Instance).Run();
        var reader = new IntakeReader(new DirectoryObjectStore(files, data));
        var found = new Dictionary<int, string>();
        foreach (var (node, boot) in await reader.BootsAsync(CancellationToken.None))
        {
            await foreach (var intake in reader.ListAsync(node, boot, 0, CancellationToken.None))
            {
                var read = (await reader.ReadAsync(intake, ReadFrom.Medium, CancellationToken.None))!;
                foreach (var frame in read.Frames.Where(frame => frame.Head.Chunk.Session == session))
                {
                    Assert.True(frame.IsBodyWhole);
                    Assert.True(found.TryAdd(frame.Head.Chunk.Seq, Convert.ToHexStringLower(SHA256.HashData(frame.Body.Span))));
                }
            }
        }

        Assert.NotEmpty(Acknowledged);
        Assert.All(Acknowledged, item => Assert.Equal(item.Value, found.GetValueOrDefault(item.Key)));
    }

    private static Guid NodeIdentity(string data) => Guid.Parse(File.ReadAllText(Path.Combine(data, "node")));
}
