using System.Net;
using System.Text;
using System.Text.Json;
using Recount.Capture;

namespace Recount.Tests.Capture;

/// <summary>Every refusal of the closed list can be reached, and looks as it is documented.</summary>
public sealed class CaptureRefusalTests
{
    private const string Session = "00000000-0000-4000-8000-000000000001";

    public static TheoryData<string> Reasons => [.. CaptureRefusal.All.Select(refusal => refusal.Reason)];

    [Theory]
    [MemberData(nameof(Reasons))]
    public async Task A_refusal_can_be_reached_and_is_as_documented(string reason)
    {
        var refusal = CaptureRefusal.All.Single(item => item.Reason == reason);
        await using var host = await CaptureHost.StartAsync(Settings(reason));
        using var response = await RefuseAsync(host, reason);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(refusal.Status == (int)response.StatusCode, $"{(int)response.StatusCode}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal("Retry-After", response.Headers.GetValues("Access-Control-Expose-Headers").Single());
        var problem = JsonDocument.Parse(text).RootElement;
        Assert.Equal(reason, problem.GetProperty("reason").GetString());
        Assert.Equal($"urn:recount:refusal:{reason}", problem.GetProperty("type").GetString());
        Assert.Equal(refusal.Status, problem.GetProperty("status").GetInt32());
        Assert.Equal(refusal.IsFinal, problem.GetProperty("final").GetBoolean());
        Assert.Equal(refusal.Title, problem.GetProperty("title").GetString());
        Assert.Equal(reason == "content_rejected", problem.TryGetProperty("detail", out _));
        Assert.Equal(!refusal.IsFinal, problem.TryGetProperty("retry_after_ms", out var retryAfterMs));
        Assert.Equal(!refusal.IsFinal, response.Headers.Contains("Retry-After"));
        if (!refusal.IsFinal)
        {
            Assert.Equal(response.Headers.RetryAfter!.Delta!.Value.TotalMilliseconds, retryAfterMs.GetInt64());
            Assert.True(retryAfterMs.GetInt64() >= 1000);
        }
    }

    private static (string, string)[] Settings(string reason) => reason switch
    {
        "body_too_slow" => [("Capture:BodyGracePeriod", "00:00:02"), ("Capture:LeastBodyBytesPerSecond", "1000000")],
        "key_quota" => [("Capture:KeyRate:Burst", "2"), ("Capture:KeyRate:ChunksPerSecond", "0.01")],
        "address_quota" => [("Capture:AddressRate:Burst", "2"), ("Capture:AddressRate:ChunksPerSecond", "0.01")],
        "session_quota" => [("Capture:SessionRate:Burst", "2"), ("Capture:SessionRate:ChunksPerSecond", "0.01")],
        "memory_full" => [("Capture:InFlightBytes", "4 MiB"), ("Capture:BodyGracePeriod", "00:01:00")],
        "disk_reserve" => [("Capture:DiskReserve", "4000 TiB")],
        _ => [],
    };

    private static async Task<HttpResponseMessage> RefuseAsync(CaptureHost host, string reason)
    {
        switch (reason)
        {
            case "keys_not_current":
                host.Keys.Confirm(CaptureHost.Snapshot(), TimeProvider.System.GetTimestamp() - TimeProvider.System.TimestampFrequency * 3600);
                return await host.SendAsync(CaptureHost.Path(CaptureHost.UnknownKey));
            case "body_too_slow":
                return await SlowAsync(host);
            case "memory_full":
                return await OneOfTwoAsync(host);
            case "body_too_large":
                return await host.SendAsync(CaptureHost.Path(), new byte[(4 << 20) + 1]);
            case "content_rejected":
                return await host.SendAsync(CaptureHost.Path(CaptureHost.ScreenedKey), "no JSON"u8.ToArray());
            case "key_quota" or "address_quota" or "session_quota":
                return await ThirdOfASessionAsync(host);
            case "storage_failed":
                host.Files.IsFailing = true;
                return await host.SendAsync(CaptureHost.Path());
            case "stopping":
                host.Intake.Dispose();
                return await host.SendAsync(CaptureHost.Path());
            default:
                return await host.SendAsync(Address(reason));
        }
    }

    private static async Task<HttpResponseMessage> ThirdOfASessionAsync(CaptureHost host)
    {
        (await host.SendAsync(CaptureHost.Path(session: Session))).Dispose();
        (await host.SendAsync(CaptureHost.Path(session: Session))).Dispose();
        return await host.SendAsync(CaptureHost.Path(session: Session));
    }

    /// <summary>Of two bodies that each need all the memory there is, one is refused at once; which one, is theirs.</summary>
    private static async Task<HttpResponseMessage> OneOfTwoAsync(CaptureHost host)
    {
        var request = $"POST {CaptureHost.Path()} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {4 << 20}\r\n\r\nfew";
        using var one = await host.ConnectAsync(request);
        using var other = await host.ConnectAsync(request);
        return await await Task.WhenAny(RawAnswer.ReadAsync(one), RawAnswer.ReadAsync(other));
    }

    private static string Address(string reason) => reason switch
    {
        "key_malformed" => CaptureHost.Path(CaptureHost.GoodKey.ToUpperInvariant()),
        "session_malformed" => CaptureHost.Path(session: Session.Replace("-", "", StringComparison.Ordinal)),
        "page_malformed" => CaptureHost.Path(page: "0x000000-0000-4000-8000-000000000001"),
        "seq_malformed" => CaptureHost.Path(seq: "65536"),
        "key_unknown" => CaptureHost.Path(CaptureHost.UnknownKey),
        "key_retired" => CaptureHost.Path(CaptureHost.RetiredKey),
        "app_paused" => CaptureHost.Path(CaptureHost.PausedKey),
        "origin_not_allowed" => CaptureHost.Path(CaptureHost.OriginKey),
        _ => CaptureHost.Path(),
    };

    /// <summary>Sends a few bytes of a body and then nothing; reads the answer, which the client's library would not.</summary>
    private static async Task<HttpResponseMessage> SlowAsync(CaptureHost host)
    {
        using var socket = await host.ConnectAsync(
            $"POST {CaptureHost.Path()} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nfew");
        return await RawAnswer.ReadAsync(socket);
    }
}

/// <summary>Reads an answer from a socket.</summary>
internal static class RawAnswer
{
    /// <returns>Bytes received; 0 when the server ended the connection, in whatever way.</returns>
    public static async Task<int> ReceiveAsync(System.Net.Sockets.Socket socket, byte[] buffer)
    {
        try
        {
            return await socket.ReceiveAsync(buffer).WaitAsync(TimeSpan.FromSeconds(60));
        }
        catch (System.Net.Sockets.SocketException)
        {
            return 0;
        }
    }

    public static async Task<HttpResponseMessage> ReadAsync(System.Net.Sockets.Socket socket)
    {
        var received = new MemoryStream();
        var buffer = new byte[4096];
        while (await ReceiveAsync(socket, buffer) is var count and > 0)
        {
            received.Write(buffer, 0, count);
        }

        var text = Encoding.UTF8.GetString(received.ToArray());
        var head = text[..text.IndexOf("\r\n\r\n", StringComparison.Ordinal)].Split("\r\n");
        var body = text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        var start = body.IndexOf('{');
        var response = new HttpResponseMessage((HttpStatusCode)int.Parse(head[0].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture))
        {
            Content = new StringContent(start < 0 ? body : body[start..(body.LastIndexOf('}') + 1)]),
        };
        response.Content.Headers.Remove("Content-Type");
        foreach (var header in head.Skip(1).Select(line => line.Split(": ", 2)))
        {
            if (!response.Headers.TryAddWithoutValidation(header[0], header[1]))
            {
                response.Content.Headers.TryAddWithoutValidation(header[0], header[1]);
            }
        }

        return response;
    }
}
