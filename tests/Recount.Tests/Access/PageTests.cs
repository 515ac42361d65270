using System.Net;
using System.Text.RegularExpressions;
using Recount.Access;
using Recount.Database;
using Recount.Tests.Infrastructure;
using Recount.Ui;
using Recount.Ui.Components;
using Recount.Ui.Pages.Apps;

namespace Recount.Tests.Access;

public sealed partial class PageTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Every_answer_carries_the_security_headers()
    {
        await using var host = await StartAsync();
        using var browser = await host.SignInAsync("ann");

        foreach (var path in new[] { "/apps", "/login", "/nothing", "/api/v1/apps", "/api/v1/nothing", "/assets/app.css" })
        {
            var headers = (await browser.GetAsync(path)).Headers;
            Assert.Equal("nosniff", headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("same-origin", headers.GetValues("Referrer-Policy").Single());
            var policy = headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("frame-ancestors 'none'", policy);
            Assert.Contains("script-src 'self';", policy);
            Assert.DoesNotContain("unsafe", policy);
        }
    }

    [Fact]
    public async Task No_page_has_a_script_or_a_style_that_the_policy_would_refuse()
    {
        await using var host = await StartAsync();
        using var browser = await host.SignInAsync("ann");
        var app = await host.Service<AppRegistry>().CreateAsync(await host.OperatorAsync(), "Shop", [], default);
        var paths = new[]
        {
            "/login", "/apps", "/apps/new", $"/apps/{app!.App}", $"/apps/{app.App}/rotate", $"/apps/{app.App}/settings",
            "/tokens", "/tokens/new", "/audit", "/health", "/password", "/sign-out",
        };

        foreach (var path in paths)
        {
            var answer = await browser.GetAsync(path);
            var html = await answer.Content.ReadAsStringAsync();
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.DoesNotMatch(InlineScript(), html);
            Assert.DoesNotMatch(InlineStyle(), html);
        }
    }

    [Fact]
    public async Task What_people_wrote_is_text_on_every_page()
    {
        const string hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
        await using var host = await StartAsync();
        using var browser = await host.SignInAsync("ann");
        var access = await host.OperatorAsync();
        var app = await host.Service<AppRegistry>().CreateAsync(access, hostile, [], default);
        await host.Service<TokenStore>().CreateAsync(access, hostile, AccountRole.Viewer, default);

        foreach (var path in new[] { "/apps", $"/apps/{app!.App}", $"/apps/{app.App}/rotate", "/tokens", "/audit" })
        {
            var html = await (await browser.GetAsync(path)).Content.ReadAsStringAsync();
            Assert.Contains("&lt;script&gt;alert(1)", html);
            Assert.DoesNotContain("<script>alert(1)", html);
            Assert.DoesNotContain("<img src=x", html);
        }
    }

    [Fact]
    public async Task An_app_is_made_on_its_page_and_shows_what_to_paste()
    {
        await using var host = await StartAsync();
        using var browser = await host.SignInAsync("ann");
        Assert.Contains("No apps yet", await (await browser.GetAsync("/apps")).Content.ReadAsStringAsync());

        var made = await browser.SubmitAsync(
            "/apps/new", "new-app", ("Name", "Shop"), ("OriginLines", "https://shop.example\r\n\r\nhttps://www.shop.example"));

        Assert.Equal(HttpStatusCode.Redirect, made.StatusCode);
        var key = host.Service<KeySnapshotCache>().Current.Keys.Values.Single();
        Assert.Equal(["https://shop.example", "https://www.shop.example"], key.Origins.ToArray());
        var page = await (await browser.GetAsync(made.Headers.Location!.ToString())).Content.ReadAsStringAsync();
        Assert.Contains(key.Key, page);
        Assert.Contains("/capture/v1/recount.js", page);
    }

    [Fact]
    public async Task Settings_and_rotation_are_changed_on_their_pages()
    {
        await using var host = await StartAsync();
        using var browser = await host.SignInAsync("ann");
        var app = await host.Service<AppRegistry>().CreateAsync(await host.OperatorAsync(), "Shop", [], default);

        var changed = await browser.SubmitAsync(
            $"/apps/{app!.App}/settings", "app-settings",
            ("Form.Recording", "true"), ("Form.Percent", "25"), ("Form.Privacy", "inputs"), ("Form.OriginLines", ""));
        var refused = await browser.SubmitAsync(
            $"/apps/{app.App}/settings", "app-settings", ("Form.Percent", "101"), ("Form.Privacy", "inputs"));
        var rotated = await browser.SubmitAsync($"/apps/{app.App}/rotate", "rotate", ("Hours", "24"));

        Assert.Equal(HttpStatusCode.Redirect, changed.StatusCode);
        Assert.Equal(HttpStatusCode.OK, refused.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, rotated.StatusCode);
        var keys = host.Service<KeySnapshotCache>().Current.Keys;
        Assert.Equal(2, keys.Count);
        Assert.NotNull(keys[app.Key!].RetiresAt);
        Assert.All(keys.Values, key => Assert.Equal((0.25, "inputs"), (key.Settings.Sample, key.Settings.Privacy)));
    }

    [Fact]
    public async Task A_token_is_shown_once_and_revoked_on_its_page()
    {
        await using var host = await StartAsync();
        using var browser = await host.SignInAsync("ann");

        var made = await browser.SubmitAsync("/tokens/new", "new-token", ("Name", "ci"), ("Role", "viewer"));

        var secret = Token().Match(await made.Content.ReadAsStringAsync()).Value;
        Assert.NotNull(await host.Service<TokenStore>().IdentifyAsync(secret, default));
        Assert.DoesNotContain(secret, await (await browser.GetAsync("/tokens")).Content.ReadAsStringAsync());
        var id = (await host.Service<TokenStore>().ListAsync(await host.OperatorAsync(), default)).Single().Token;
        await browser.SubmitAsync($"/tokens/{id}/revoke", "revoke");
        Assert.Null(await host.Service<TokenStore>().IdentifyAsync(secret, default));
    }

    [Fact]
    public async Task A_database_that_is_away_gets_a_page_and_a_document_and_no_crash()
    {
        await using var host = await AccessHost.StartAsync(new Db(), null);
        using var browser = host.Browse();
        using var program = host.Browse().WithToken("rt_any");

        var login = await browser.TrySignInAsync("ann", "any password");
        var api = await program.GetAsync("/api/v1/apps");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, login.StatusCode);
        Assert.Contains("The database does not answer", await login.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, api.StatusCode);
        Assert.Contains("urn:recount:problem:database_unavailable", await api.Content.ReadAsStringAsync());
        Assert.NotNull(api.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/assets/app.css")).StatusCode);
    }

    [Fact]
    public void A_page_may_frame_only_the_origins_it_named()
    {
        var policy = new ContentSecurityPolicy();
        Assert.Contains("frame-src 'none'", policy.ToString());

        policy.AllowFrame(new Uri("http://127.0.0.1:5080/stage?x"));
        policy.AllowConnection(new Uri("http://127.0.0.1:5080/blocks"));

        Assert.Contains("frame-src http://127.0.0.1:5080;", policy.ToString());
        Assert.Contains("connect-src 'self' http://127.0.0.1:5080;", policy.ToString());
    }

    [Theory]
    [InlineData(0, "just now")]
    [InlineData(-999, "just now")]
    [InlineData(-61_000, "1 min ago")]
    [InlineData(-7_200_000, "2 h ago")]
    [InlineData(-864_000_000, "10 d ago")]
    [InlineData(3_600_000, "in 1 h")]
    public void A_time_is_said_by_its_distance(int ms, string said)
    {
        var now = DateTimeOffset.UnixEpoch.AddYears(60);
        Assert.Equal(said, RelativeTime.Say(now.AddMilliseconds(ms), now));
    }

    [Fact]
    public void A_host_name_cannot_break_out_of_the_snippet()
    {
        var snippet = Snippet.For("http://a'\"</script><b>", "rk_x", null);

        Assert.DoesNotContain("</script><b>", snippet);
        Assert.Equal(1, Regex.Count(snippet, "</script>"));
    }

    private async Task<AccessHost> StartAsync()
    {
        var host = await AccessHost.StartAsync(postgres);
        await host.AddUserAsync((await host.OperatorAsync()).Account, "ann", AccountRole.Owner, isOperator: true);
        return host;
    }

    [GeneratedRegex("<script(?![^>]* src=)|\\son[a-z]+=(?!&)", RegexOptions.IgnoreCase)]
    private static partial Regex InlineScript();

    [GeneratedRegex("<style|<[^>]+\\sstyle=", RegexOptions.IgnoreCase)]
    private static partial Regex InlineStyle();

    [GeneratedRegex("rt_[A-Za-z0-9]{40}")]
    private static partial Regex Token();
}
