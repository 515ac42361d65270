using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Recount.Access;
using Recount.Replay;

namespace Recount.Tests.Replay;

public sealed class ReplayEndpointsTests(WatchedServer server) : IClassFixture<WatchedServer>
{
    private const string First =
        """{"at":0,"k":"page","d":{"url":"https://shop.example/","title":"Shop","viewport":{"width":800,"height":600},"opened":null,"ordinal":0}}"""
        + "\n" + """{"at":5,"k":"rrweb","d":{"type":4,"data":{},"timestamp":1}}"""
        + "\n" + """{"at":6,"k":"rrweb","d":{"type":2,"data":{"node":{}},"timestamp":1}}""";

    private const string Second = """{"at":900,"k":"event","d":{"name":"bought"}}""";
    private const string Third = """{"at":1500,"k":"event","d":{"name":"left"}}""";

    private readonly Guid session = Guid.NewGuid();
    private readonly Guid page = Guid.NewGuid();

    [Fact]
    public async Task A_chunk_plays_as_soon_as_it_is_known_and_as_the_same_bytes_once_it_is_sealed()
    {
        await server.CaptureAsync(session, page, 0, First, "?clock=10");
        var live = await server.ManifestAsync(session, it => Blocks(it).Count == 1);
        Assert.Equal("live", live.GetProperty("state").GetString());
        Assert.Equal("chunks/0", Blocks(live)[0].GetProperty("address").GetString());
        await AssertPlaysAsync(Blocks(live)[0], First);

        var sealedManifest = await server.ManifestAsync(session, it => it.GetProperty("state").GetString() == "sealed");
        Assert.Equal("parts/0/0", Blocks(sealedManifest)[0].GetProperty("address").GetString());
        await AssertPlaysAsync(Blocks(sealedManifest)[0], First);

        // A player that still has the older manifest is not left without.
        await AssertPlaysAsync(Blocks(live)[0], First);
    }

    [Fact]
    public async Task A_manifest_says_what_a_page_is_and_what_is_missing_of_it()
    {
        await server.CaptureAsync(session, page, 0, First, "?clock=10");
        await server.CaptureAsync(session, page, 2, Third, "?clock=1600&last=1");
        var manifest = await server.ManifestAsync(session, it => it.GetProperty("state").GetString() == "sealed");

        Assert.Equal(1, manifest.GetProperty("version").GetInt32());
        var described = manifest.GetProperty("pages")[0];
        Assert.Equal("Shop", described.GetProperty("title").GetString());
        Assert.Equal(800, described.GetProperty("viewport").GetProperty("width").GetDouble());
        Assert.True(described.GetProperty("ended").GetBoolean());
        Assert.Equal("exact", described.GetProperty("quality").GetString());
        var gap = Assert.Single(described.GetProperty("gaps").EnumerateArray());
        Assert.Equal("not_received", gap.GetProperty("cause").GetString());
        Assert.Equal((1, 1), (gap.GetProperty("from_seq").GetInt32(), gap.GetProperty("to_seq").GetInt32()));
        var (first, second) = (Blocks(manifest)[0], Blocks(manifest)[1]);
        Assert.True(first.GetProperty("snapshot").GetBoolean());
        Assert.False(second.GetProperty("snapshot").GetBoolean());
        Assert.Equal(1500, second.GetProperty("from").GetDouble());
        Assert.Equal(
            [0, Encoding.UTF8.GetByteCount(First)],
            first.GetProperty("chunks")[0].EnumerateArray().Select(it => it.GetInt32()));
    }

    [Fact]
    public async Task A_block_comes_as_it_is_stored_or_decoded_as_the_request_takes_it()
    {
        await server.CaptureAsync(session, page, 0, First);
        await server.ManifestAsync(session, it => it.GetProperty("state").GetString() == "sealed");

        using var stored = await server.StageAsync(server.TokenFor(session), Address("parts/0/0"), brotli: true);
        Assert.Equal("br", Assert.Single(stored.Content.Headers.ContentEncoding));
        await using var brotli = new BrotliStream(await stored.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        Assert.Equal(First, await new StreamReader(brotli).ReadToEndAsync());

        using var verified = await server.StageAsync(server.TokenFor(session), Address("parts/0/0?verify=1"), brotli: true);
        Assert.Empty(verified.Content.Headers.ContentEncoding);
        Assert.Equal(First, await verified.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task What_is_stored_wrongly_or_not_at_all_is_told_with_its_cause()
    {
        await server.CaptureAsync(session, page, 0, First);
        await server.ManifestAsync(session, it => it.GetProperty("state").GetString() == "sealed");
        var file = Directory.EnumerateFiles(server.Recordings, "*", SearchOption.AllDirectories)
            .Single(path => path.Contains(page.ToString(), StringComparison.Ordinal));
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[20] ^= 1;
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllBytesAsync(file, bytes);

        Assert.Equal((422, "hash_mismatch"), await CauseAsync("parts/0/0"));
        File.Delete(file);
        Assert.Equal((404, "object_missing"), await CauseAsync("parts/0/0"));
        Assert.Equal((404, "object_missing"), await CauseAsync("parts/7/0"));
        Assert.Equal((404, "object_missing"), await CauseAsync("chunks/9"));
    }

    [Fact]
    public async Task A_token_opens_its_own_session_only_and_ends_with_the_sign_in()
    {
        await server.CaptureAsync(session, page, 0, First);
        await server.ManifestAsync(session, it => Blocks(it).Count == 1);
        var access = await server.SignInAsync();
        var token = server.Service<StageTokens>().Create(access, session)!;

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(token));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("made-up"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server.TokenFor(Guid.NewGuid())));

        // Same session id, but of an account that has no such session and no such sign-in.
        var stranger = access with { Account = Guid.NewGuid() };
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server.Service<StageTokens>().Create(stranger, session)));

        await server.Service<SignInStore>().EndAsync(access, CancellationToken.None);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(token));

        async Task<HttpStatusCode> StatusAsync(string? bearer)
        {
            using var response = await server.StageAsync(bearer, Address("chunks/0"));
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task The_stage_may_load_nothing_but_its_script_and_blocks_and_only_the_app_may_frame_it()
    {
        using var response = await server.StageAsync(null, "/replay/v1/stage?app=localhost");
        var text = await response.Content.ReadAsStringAsync();
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));

        Assert.StartsWith("default-src 'none'; script-src 'nonce-", policy, StringComparison.Ordinal);
        Assert.EndsWith(
            "; style-src 'unsafe-inline' 'self'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
            + $"base-uri 'none'; form-action 'none'; frame-ancestors http://localhost:{server.Address.Port}",
            policy,
            StringComparison.Ordinal);
        Assert.Equal("off", Assert.Single(response.Headers.GetValues("X-DNS-Prefetch-Control")));
        Assert.Contains($"data-app-origin=\"http://localhost:{server.Address.Port}\"", text, StringComparison.Ordinal);

        // Whatever host is asked for, only one of the app's is named.
        using var evil = await server.StageAsync(null, "/replay/v1/stage?app=evil.example");
        Assert.DoesNotContain("evil", await evil.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var onApp = await server.SendAsync(HttpMethod.Get, "localhost", "/replay/v1/stage");
        Assert.Equal(HttpStatusCode.NotFound, onApp.StatusCode);
    }

    [Fact]
    public async Task Reports_are_kept_once_for_each_block_and_cause_and_are_bounded()
    {
        var token = server.TokenFor(session);
        Assert.Equal(HttpStatusCode.NoContent, await ReportAsync(token, "parts/0/1", "damaged"));
        Assert.Equal(HttpStatusCode.NoContent, await ReportAsync(token, "parts/0/1", "damaged"));
        Assert.Equal(HttpStatusCode.NoContent, await ReportAsync(token, null, "object_missing"));
        for (var block = 2; block < 9; block++)
        {
            Assert.Equal(HttpStatusCode.NoContent, await ReportAsync(token, $"parts/0/{block}", "damaged"));
        }

        var kept = await server.Service<ReplayReports>().OfSessionAsync(server.Access.Account, session, CancellationToken.None);
        Assert.Equal(
            [("parts/0/1", "damaged", 2L), ("", "object_missing", 1L), ("parts/0/2", "damaged", 1L)],
            kept.Select(report => (report.Address, report.Cause, report.Times)));
        Assert.All(kept, report => Assert.Equal(page, report.Page));
    }

    [Theory]
    [InlineData("parts/0/1", "made_up")]
    [InlineData("../../x", "damaged")]
    [InlineData("parts/0/1\n", "damaged")]
    public async Task A_report_of_another_shape_is_refused(string address, string cause) =>
        Assert.Equal(HttpStatusCode.BadRequest, await ReportAsync(server.TokenFor(session), address, cause));

    [Fact]
    public async Task A_report_needs_a_token_for_its_session()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, await ReportAsync(null, null, "damaged"));
        Assert.Equal(HttpStatusCode.BadRequest, await ReportAsync(server.TokenFor(Guid.NewGuid()), null, "damaged"));
    }

    private static List<JsonElement> Blocks(JsonElement manifest) =>
        [.. manifest.GetProperty("pages").EnumerateArray().SelectMany(it => it.GetProperty("blocks").EnumerateArray())];

    private string Address(string block) => $"/replay/v1/sessions/{session}/pages/{page}/{block}";

    private async Task AssertPlaysAsync(JsonElement block, string content)
    {
        using var response = await server.StageAsync(
            server.TokenFor(session), Address(block.GetProperty("address").GetString()!));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(content, Encoding.UTF8.GetString(bytes));
        Assert.Equal(block.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(bytes)));
        Assert.Equal(block.GetProperty("bytes").GetInt32(), bytes.Length);
    }

    private async Task<(int Status, string? Cause)> CauseAsync(string block)
    {
        using var response = await server.StageAsync(server.TokenFor(session), Address(block));
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        return ((int)response.StatusCode, problem.GetProperty("cause").GetString());
    }

    private async Task<HttpStatusCode> ReportAsync(string? token, string? address, string cause)
    {
        using var response = await server.StageAsync(
            token, "/replay/v1/reports", JsonContent.Create(new { session, page, address, cause, detail = "seen\0there" }));
        return response.StatusCode;
    }
}
