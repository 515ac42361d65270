using System.Net;
using System.Text.Json;
using Recount.Access;
using Recount.Wire;

namespace Recount.Tests.Capture;

public sealed class CaptureEndpointTests
{
    private static readonly byte[] Body = "{\"k\":\"click\"}\n"u8.ToArray();

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    public async Task A_receipt_tells_what_was_sent_and_the_chunk_is_kept_byte_for_byte(string method)
    {
        await using var host = await CaptureHost.StartAsync();
        var (session, page) = (Guid.NewGuid(), Guid.NewGuid());
        byte[] body = [0x1f, 0x8b, 0, 255, 13, 10];
        using var response = await host.SendAsync(
            CaptureHost.Path(session: $"{session}", page: $"{page}", seq: "65535", query: "?enc=gzip&w=aa&sent=NaN"), body, new HttpMethod(method));
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
        var receipt = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(["bytes", "page", "seq", "session", "sha256"], receipt.EnumerateObject().Select(field => field.Name).Order());
        Assert.Equal((session, page), (receipt.GetProperty("session").GetGuid(), receipt.GetProperty("page").GetGuid()));
        Assert.Equal((65535, 6), (receipt.GetProperty("seq").GetInt32(), receipt.GetProperty("bytes").GetInt32()));
        Assert.Equal(Hash256.Of(body).ToString(), receipt.GetProperty("sha256").GetString());
        var frame = Assert.Single(await host.StopAndReadAsync());
        Assert.Equal(body, frame.Body.ToArray());
        Assert.Equal("enc=gzip&sent=NaN", frame.Head.Query);
        Assert.Equal(Hash256.Of("aa"u8), frame.Head.WriteKeyHash);
        Assert.Equal(Hash256.Of(body), frame.Head.ReceivedHash);
    }

    [Theory]
    [InlineData("?sent=NaN&clock=-Infinity&from=&to=1e400")]
    [InlineData("?h=tooshort&n=-5&captured=1.5&dropped=x")]
    [InlineData("?enc=zstd&last=maybe")]
    [InlineData("?w=&w=%zz&%00=1&&&=&a=b=c")]
    [InlineData("?")]
    [InlineData("?sent=%F0%28%8C%28")]
    public async Task No_parameter_makes_a_refusal(string query)
    {
        await using var host = await CaptureHost.StartAsync();
        using var response = await host.SendAsync(CaptureHost.Path(query: query));
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    [Fact]
    public async Task Seven_kilobytes_of_junk_are_kept_and_what_is_no_request_line_is_refused_by_the_server()
    {
        await using var host = await CaptureHost.StartAsync();
        var junk = "x=" + new string('y', 7000);
        using (var response = await host.SendAsync(CaptureHost.Path(query: "?" + junk)))
        {
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        }

        // Beyond 8 KiB it never reaches the endpoint.
        using (var response = await host.SendAsync(CaptureHost.Path(query: "?x=" + new string('y', 10_000))))
        {
            Assert.Equal(HttpStatusCode.RequestUriTooLong, response.StatusCode);
        }

        Assert.Equal(junk, Assert.Single(await host.StopAndReadAsync()).Head.Query);
    }

    [Fact]
    public async Task A_thousand_duplicates_are_all_acknowledged()
    {
        await using var host = await CaptureHost.StartAsync();
        var path = CaptureHost.Path();
        for (var batch = 0; batch < 20; batch++)
        {
            var responses = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => host.SendAsync(path)));
            Assert.All(responses, response => Assert.Equal(HttpStatusCode.Accepted, response.StatusCode));
        }

        var frames = await host.StopAndReadAsync();
        Assert.Equal(1000, frames.Count);
        Assert.Single(frames.Select(frame => frame.Head.Chunk).Distinct());
    }

    [Fact]
    public async Task The_largest_body_is_taken_and_one_byte_more_is_not_whether_announced_or_not()
    {
        await using var host = await CaptureHost.StartAsync();
        foreach (var isAnnounced in new[] { true, false })
        {
            foreach (var (bytes, status) in new[]
            {
                (4 << 20, HttpStatusCode.Accepted), ((4 << 20) + 1, HttpStatusCode.RequestEntityTooLarge), (0, HttpStatusCode.Accepted),
            })
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, CaptureHost.Path()) { Content = new ByteArrayContent(new byte[bytes]) };
                request.Headers.TransferEncodingChunked = !isAnnounced;
                using var response = await host.Client.SendAsync(request);
                Assert.Equal(status, response.StatusCode);
            }
        }
    }

    [Fact]
    public async Task A_preflight_is_answered_for_anybody()
    {
        await using var host = await CaptureHost.StartAsync();
        using var response = await host.SendAsync(CaptureHost.Path(CaptureHost.UnknownKey), [], HttpMethod.Options);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal("POST, PUT", response.Headers.GetValues("Access-Control-Allow-Methods").Single());
        Assert.Equal("Content-Type", response.Headers.GetValues("Access-Control-Allow-Headers").Single());
    }

    [Theory]
    [InlineData("HTTP://SHOP.EXAMPLE", false)]
    [InlineData("https://shop.example", true)]
    [InlineData("HTTPS://Shop.Example", true)]
    [InlineData("https://shop.example.evil", false)]
    [InlineData("null", false)]
    public async Task Only_listed_origins_may_send(string origin, bool isAllowed)
    {
        await using var host = await CaptureHost.StartAsync();
        host.Client.DefaultRequestHeaders.Add("Origin", origin);
        using var response = await host.SendAsync(CaptureHost.Path(CaptureHost.OriginKey));
        Assert.Equal(isAllowed ? HttpStatusCode.Accepted : HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task A_key_of_an_unconfirmed_snapshot_is_taken()
    {
        await using var host = await CaptureHost.StartAsync();
        host.Keys.Restore(KeySnapshot.Empty);
        host.Keys.Restore(CaptureHost.Snapshot());
        using var response = await host.SendAsync(CaptureHost.Path());
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    [Fact]
    public async Task A_screened_chunk_that_can_be_archived_is_taken()
    {
        await using var host = await CaptureHost.StartAsync();
        using var good = await host.SendAsync(CaptureHost.Path(CaptureHost.ScreenedKey, query: $"?h={Hash256.Of(Body)}"), Body);
        Assert.Equal(HttpStatusCode.Accepted, good.StatusCode);
        foreach (var (query, body) in new[]
        {
            ($"?h={Hash256.OfNothing}", Body), ("?enc=gzip", Body), ("", new byte[] { 0xFF }),
            ("", "{\"k\":\"click\",\"d\":" + new string('[', 70) + new string(']', 70) + "}" is var deep ? System.Text.Encoding.UTF8.GetBytes(deep) : []),
        })
        {
            using var bad = await host.SendAsync(CaptureHost.Path(CaptureHost.ScreenedKey, query: query), body);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, bad.StatusCode);
        }
    }

    [Fact]
    public async Task Storage_that_fails_and_comes_back_costs_refusals_and_nothing_acknowledged()
    {
        await using var host = await CaptureHost.StartAsync(("Capture:Intake:RestAfterFailure", "00:00:00"));
        var accepted = new HashSet<int>();
        for (var seq = 0; seq < 30; seq++)
        {
            host.Files.IsFailing = seq % 10 >= 5;
            using var response = await host.SendAsync(CaptureHost.Path(seq: $"{seq}"));
            Assert.Equal(host.Files.IsFailing ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.Accepted, response.StatusCode);
            if (response.IsSuccessStatusCode)
            {
                accepted.Add(seq);
            }
        }

        host.Files.IsFailing = false;
        Assert.Equal(accepted.Order(), (await host.StopAndReadAsync()).Select(frame => frame.Head.Chunk.Seq).Order());
    }

    [Theory]
    [InlineData("Content-Length: 100\r\n\r\nhalf")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nZZ\r\nhello\r\n0\r\n\r\n")]
    public async Task A_body_that_breaks_off_is_not_taken_and_gives_its_memory_back(string rest)
    {
        await using var host = await CaptureHost.StartAsync(("Capture:InFlightBytesPerKey", "4 MiB"));
        for (var i = 0; i < 3; i++)
        {
            using var socket = await host.ConnectAsync($"POST {CaptureHost.Path()} HTTP/1.1\r\nHost: localhost\r\n{rest}");
            socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            var buffer = new byte[4096];
            var count = await RawAnswer.ReceiveAsync(socket, buffer);
            var answer = System.Text.Encoding.ASCII.GetString(buffer, 0, count);
            Assert.DoesNotContain(" 500 ", answer, StringComparison.Ordinal);
        }

        await Access.Until.TrueAsync(async () =>
        {
            using var response = await host.SendAsync(CaptureHost.Path(), new byte[4 << 20]);
            return response.StatusCode == HttpStatusCode.Accepted;
        }, "the whole budget again");
    }

    [Fact]
    public async Task Settings_are_the_apps_and_a_paused_app_records_nothing()
    {
        await using var host = await CaptureHost.StartAsync();
        foreach (var (key, isRecording) in new[] { (CaptureHost.GoodKey, true), (CaptureHost.PausedKey, false) })
        {
            using var response = await host.Client.GetAsync($"/capture/v1/{key}/settings");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
            var settings = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
            Assert.Equal(isRecording, settings.GetProperty("recording").GetBoolean());
            Assert.Equal(5000, settings.GetProperty("chunk_interval_ms").GetInt32());
        }

        foreach (var (key, status) in new[] { (CaptureHost.UnknownKey, 401), (CaptureHost.RetiredKey, 403), ("nothing", 400) })
        {
            using var response = await host.Client.GetAsync($"/capture/v1/{key}/settings");
            Assert.Equal(status, (int)response.StatusCode);
        }
    }
}
