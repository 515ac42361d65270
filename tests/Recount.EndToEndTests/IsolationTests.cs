using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.Playwright;
using Recount.EndToEndTests.Infrastructure;
using Recount.Tests.Infrastructure;

namespace Recount.EndToEndTests;

/// <summary>What is recorded cannot reach the app, its users or the network.</summary>
public sealed class IsolationTests(Installation installation) : IClassFixture<Installation>
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    [Fact]
    public async Task The_stage_is_on_a_host_of_its_own_with_a_policy_and_without_cookies()
    {
        await using var visitor = await Visitor.EnterAsync(installation);
        await installation.ListedAsync(visitor.Session);
        var viewer = new Viewer(installation, await installation.NewOwnerPageAsync(), visitor.Session);
        var toReplayHost = new ConcurrentQueue<IRequest>();
        viewer.Page.Request += (_, request) =>
        {
            if (new Uri(request.Url).Host == "127.0.0.1")
            {
                toReplayHost.Enqueue(request);
            }
        };

        await viewer.OpenAtAsync(0);

        var stage = await viewer.StageAsync();
        Assert.Equal(("127.0.0.1", "/replay/v1/stage"), (new Uri(stage.Url).Host, new Uri(stage.Url).AbsolutePath));
        Assert.NotEmpty(toReplayHost);
        foreach (var request in toReplayHost)
        {
            Assert.False((await request.AllHeadersAsync()).ContainsKey("cookie"), request.Url);
        }

        Assert.Equal("", await stage.EvaluateAsync<string>("document.cookie"));
        Assert.Equal(
            ["allow-same-origin"],
            await stage.EvaluateAsync<string[]>("[...new Set([...document.querySelectorAll('iframe')].map(it => it.getAttribute('sandbox')))]"));
        var policy = (await viewer.Page.Context.APIRequest.GetAsync(stage.Url)).Headers["content-security-policy"];
        Assert.StartsWith("default-src 'none'; script-src 'nonce-", policy, StringComparison.Ordinal);
        Assert.EndsWith($"frame-ancestors {installation.Address.GetLeftPart(UriPartial.Authority)}", policy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", "/sessions", HttpStatusCode.NotFound)]
    [InlineData("127.0.0.1", "/login", HttpStatusCode.NotFound)]
    [InlineData("127.0.0.1", "/api/v1/sessions", HttpStatusCode.NotFound)]
    [InlineData("127.0.0.1", "/demo/", HttpStatusCode.NotFound)]
    [InlineData("localhost", "/replay/v1/stage", HttpStatusCode.NotFound)]
    [InlineData("elsewhere.example", "/sessions", HttpStatusCode.MisdirectedRequest)]
    [InlineData("elsewhere.example", "/replay/v1/stage", HttpStatusCode.MisdirectedRequest)]
    public async Task Each_host_serves_its_own_and_nothing_else(string host, string path, HttpStatusCode expected)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(installation.Address, path));
        request.Headers.Host = $"{host}:{installation.Address.Port}";

        using var response = await client.SendAsync(request);

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task A_hostile_recording_runs_nothing_and_asks_for_nothing_outside()
    {
        await using var evil = await Site.StartAsync("<script>window.top.postMessage('reached', '*')</script>");
        var session = await SendAsync(HostileRecording.At(evil.Address));
        await installation.ListedAsync(session);
        var page = await installation.NewOwnerPageAsync();
        var outside = new ConcurrentQueue<string>();
        page.Context.Request += (_, request) => NoteOutside(request.Url);
        page.Dialog += async (_, dialog) =>
        {
            NoteOutside("dialog:" + dialog.Message);
            await dialog.DismissAsync();
        };
        page.Popup += (_, popup) => NoteOutside("popup:" + popup.Url);

        await page.GotoAsync(new Uri(installation.Address, "/sessions").ToString());
        var viewer = new Viewer(installation, page, session);
        await viewer.OpenAtAsync(0);
        await Eventually.TrueAsync(
            async () => (await viewer.EventsAsync()).Count >= HostileRecording.PayloadCount, () => "The events are not listed.");
        await viewer.SeekAsync((await viewer.ManifestAsync()).GetProperty("duration_ms").GetDouble());
        await Eventually.TrueAsync(
            async () => (await Outline.OfReplayAsync(await viewer.StageAsync()))
                .Any(line => line.Contains("still here", StringComparison.Ordinal)),
            () => "It is not replayed.");
        await page.Locator(".rp-timeline").HoverAsync();

        foreach (var frame in page.Frames)
        {
            Assert.False(await frame.EvaluateAsync<bool>("globalThis.pwned === true"), frame.Url);
        }

        Assert.Empty(outside);

        void NoteOutside(string url)
        {
            var isOurs = Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Scheme is "data" or "blob" or "about"
                || (uri.Port == installation.Address.Port && uri.Host is "localhost" or "127.0.0.1"));
            if (!isOurs)
            {
                outside.Enqueue(url);
            }
        }
    }

    private async Task<Guid> SendAsync(IEnumerable<object> entries)
    {
        var key = await installation.Server.CreateAppAsync("attacked");
        var (session, page) = (Guid.NewGuid(), Guid.NewGuid());
        using var client = installation.Server.CreateClient();
        var body = string.Join('\n', entries.Select(entry => JsonSerializer.Serialize(entry, Web))) + "\n";
        using var response = await client.PostAsync(
            $"/capture/v1/{key}/{session}/{page}/0?sent=1&clock=900&last=1", new StringContent(body, null, "text/plain"));
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return session;
    }
}
