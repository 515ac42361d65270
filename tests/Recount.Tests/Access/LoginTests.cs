using System.Net;
using Recount.Access;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Access;

public sealed class LoginTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task The_cookie_is_out_of_reach_of_scripts_and_of_other_sites()
    {
        await using var host = await StartAsync();
        using var browser = host.Browse();

        var answer = await browser.TrySignInAsync("ann", AccessHost.Password);

        var cookie = answer.Headers.GetValues("Set-Cookie").Single(value => value.StartsWith("recount=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_name_is_found_whatever_its_capitals()
    {
        await using var host = await StartAsync();
        using var browser = host.Browse();

        await browser.SignInAsync("ANN", AccessHost.Password);

        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/apps")).StatusCode);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    public async Task Signing_in_never_leads_to_another_site(string target)
    {
        await using var host = await StartAsync();
        using var browser = host.Browse();
        var path = "/login?return=" + Uri.EscapeDataString(target);

        var answer = await browser.SubmitAsync(path, "login", ("Name", "ann"), ("Password", AccessHost.Password));

        var location = new Uri(host.Address, answer.Headers.Location!);
        Assert.Equal(host.Address.Authority, location.Authority);
    }

    [Fact]
    public async Task Signing_out_ends_a_copied_cookie_too()
    {
        await using var host = await StartAsync();
        using var browser = await host.SignInAsync("ann");
        using var copy = browser.Copy();
        Assert.Equal(HttpStatusCode.OK, (await copy.GetAsync("/apps")).StatusCode);

        await browser.SubmitAsync("/sign-out", "sign-out");

        Assert.Equal(HttpStatusCode.Redirect, (await copy.GetAsync("/apps")).StatusCode);
    }

    [Fact]
    public async Task A_changed_password_ends_every_other_session_and_keeps_this_one()
    {
        await using var host = await StartAsync();
        using var browser = await host.SignInAsync("ann");
        using var other = await host.SignInAsync("ann");
        using var copy = browser.Copy();

        var changed = await browser.SubmitAsync(
            "/password", "password", ("Current", AccessHost.Password), ("Changed", "another long password"));

        Assert.Equal(HttpStatusCode.Redirect, changed.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/apps")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await other.GetAsync("/apps")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await copy.GetAsync("/apps")).StatusCode);
    }

    [Fact]
    public async Task A_password_is_not_changed_by_somebody_who_does_not_know_it()
    {
        await using var host = await StartAsync();
        using var browser = await host.SignInAsync("ann");

        var refused = await browser.SubmitAsync(
            "/password", "password", ("Current", "guessed"), ("Changed", "another long password"));

        Assert.Equal(HttpStatusCode.OK, refused.StatusCode);
        using var again = await host.SignInAsync("ann");
    }

    [Fact]
    public async Task A_name_is_locked_after_too_many_wrong_passwords_even_for_the_right_one()
    {
        await using var host = await StartAsync(("Access:LockoutAttempts", "3"));
        using var browser = host.Browse();
        for (var attempt = 0; attempt < 3; attempt++)
        {
            await browser.TrySignInAsync("ann", "wrong");
        }

        var answer = await browser.TrySignInAsync("ann", AccessHost.Password);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("wrong, or the name is locked", await answer.Content.ReadAsStringAsync());
        await host.ExecuteAsync("UPDATE recount.app_user SET lockout_end = NULL", new { });
        await browser.SignInAsync("ann", AccessHost.Password);
    }

    [Fact]
    public async Task A_name_that_nobody_has_gets_the_answer_of_a_wrong_password()
    {
        await using var host = await StartAsync();
        using var browser = host.Browse();

        var unknown = await browser.TrySignInAsync("nobody", "wrong");
        var wrong = await browser.TrySignInAsync("ann", "wrong");

        Assert.Equal(wrong.StatusCode, unknown.StatusCode);
        Assert.Contains("The name or the password is wrong", await unknown.Content.ReadAsStringAsync());
        Assert.Contains("The name or the password is wrong", await wrong.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task One_address_may_try_only_so_many_names()
    {
        await using var host = await StartAsync(("Access:LoginsPerAddress", "3"), ("Access:LoginWindow", "01:00:00"));
        using var browser = host.Browse();
        for (var attempt = 0; attempt < 3; attempt++)
        {
            await browser.TrySignInAsync($"name {attempt}", "wrong");
        }

        var answer = await browser.TrySignInAsync("ann", AccessHost.Password);

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    [Fact]
    public void Tries_for_one_name_are_counted_over_all_addresses_until_the_window_ends()
    {
        var clock = new SetClock();
        var options = new AccessOptions { LoginsPerName = 2, LoginsPerAddress = 100, LoginWindow = TimeSpan.FromMinutes(1) };
        var throttle = new LoginThrottle(Microsoft.Extensions.Options.Options.Create(options), clock);
        Assert.Equal(TimeSpan.Zero, throttle.Try("10.0.0.1", "ANN"));
        Assert.Equal(TimeSpan.Zero, throttle.Try("10.0.0.2", "ANN"));
        clock.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(TimeSpan.FromSeconds(40), throttle.Try("10.0.0.3", "ANN"));
        Assert.Equal(TimeSpan.Zero, throttle.Try("10.0.0.3", "BOB"));

        clock.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(TimeSpan.Zero, throttle.Try("10.0.0.3", "ANN"));
    }

    [Fact]
    public async Task A_form_without_its_antiforgery_token_changes_nothing()
    {
        await using var host = await StartAsync();
        using var browser = await host.SignInAsync("ann");

        var login = await browser.PostAsync(
            "/login", ("_handler", "login"), ("Name", "ann"), ("Password", AccessHost.Password));
        var app = await browser.PostAsync("/apps/new", ("_handler", "new-app"), ("Name", "Shop"));
        var signOut = await browser.PostAsync("/sign-out", ("_handler", "sign-out"));
        var api = await browser.SendJsonAsync(HttpMethod.Post, "/api/v1/apps", new { name = "Shop" });

        Assert.All([login, app, signOut, api], answer => Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/apps")).StatusCode);
        Assert.Equal(0, await host.QueryAsync<long>("SELECT count(*) FROM recount.app"));
    }

    [Fact]
    public async Task A_sign_in_outlives_a_restart()
    {
        await using var db = await postgres.CreateDatabaseAsync();
        using var directory = new TemporaryDirectory();
        Browser browser;
        await using (var before = await AccessHost.StartAsync(db, directory["data"]))
        {
            await before.AddUserAsync((await before.OperatorAsync()).Account, "ann", AccountRole.Viewer);
            browser = await before.SignInAsync("ann");
        }

        await using var after = await AccessHost.StartAsync(db, directory["data"]);
        using var restarted = new Browser(after.Address, Moved(browser, after.Address));
        Assert.Equal(HttpStatusCode.OK, (await restarted.GetAsync("/apps")).StatusCode);
        browser.Dispose();
    }

    private static CookieContainer Moved(Browser browser, Uri address)
    {
        var cookies = new CookieContainer();
        foreach (var cookie in browser.Cookies.GetAllCookies().Cast<Cookie>())
        {
            cookies.Add(address, new Cookie(cookie.Name, cookie.Value));
        }

        return cookies;
    }

    private async Task<AccessHost> StartAsync(params (string, string)[] settings)
    {
        var host = await AccessHost.StartAsync(postgres, null, settings);
        await host.AddUserAsync((await host.OperatorAsync()).Account, "ann", AccountRole.Owner);
        return host;
    }
}
