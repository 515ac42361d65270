using System.Net;
using Recount.Access;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Access;

/// <summary>What belongs to one account is out of reach of another, for every role, on every way in.</summary>
public sealed class TenantTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly AccountRole[] EveryRole = Enum.GetValues<AccountRole>();

    [Fact]
    public async Task Stores_show_and_change_nothing_of_another_account()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        var mine = await host.OperatorAsync();
        var app = (await host.Service<AppRegistry>().CreateAsync(mine, "Shop", [], default))!;
        await host.Service<TokenStore>().CreateAsync(mine, "ci", AccountRole.Admin, default);
        var token = (await host.Service<TokenStore>().ListAsync(mine, default)).Single();
        await host.AddUserAsync(mine.Account, "ann", AccountRole.Owner);
        using var browser = await host.SignInAsync("ann");
        var signIn = await host.QueryAsync<Guid>("SELECT sign_in FROM recount.sign_in");
        var before = await StateAsync(host, mine);

        var other = new AccountAccess(await host.AddAccountAsync("Other"), AccountRole.Owner, false, "user:eve", signIn);
        var apps = host.Service<AppStore>();
        Assert.Empty(await apps.ListAsync(other, default));
        Assert.Null(await apps.FindAsync(other, app.App, default));
        Assert.Empty(await apps.KeysAsync(other, app.App, default));
        Assert.Null(await apps.RotateAsync(other, app.App, TimeSpan.Zero, default));
        Assert.Null(await apps.ChangeAsync(other, app.App, new AppChange([], true, false, 0, null), default));
        Assert.Empty(await host.Service<TokenStore>().ListAsync(other, default));
        Assert.False(await host.Service<TokenStore>().RevokeAsync(other, token.Token, default));
        Assert.Empty(await host.Service<AuditStore>().ListAsync(other, null, 100, default));
        Assert.False(await host.Service<SignInStore>().LastsAsync(other.Account, signIn, default));
        await host.Service<SignInStore>().EndAsync(other, default);

        Assert.Equal(before, await StateAsync(host, mine));
        Assert.True(await host.Service<SignInStore>().LastsAsync(mine.Account, signIn, default));
        Assert.Equal("Other", await host.Service<AccountStore>().NameAsync(other, default));
    }

    [Fact]
    public async Task Two_accounts_may_have_apps_of_one_name_and_one_account_may_not()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        var mine = await host.OperatorAsync();
        var other = mine with { Account = await host.AddAccountAsync("Other") };
        var registry = host.Service<AppRegistry>();

        Assert.NotNull(await registry.CreateAsync(mine, "Shop", [], default));
        Assert.NotNull(await registry.CreateAsync(other, "Shop", [], default));
        Assert.Null(await registry.CreateAsync(other, "SHOP", [], default));
    }

    [Fact]
    public async Task Every_endpoint_lets_in_who_it_should_and_nobody_else()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        var world = await World.CreateAsync(host);
        var wrong = new List<string>();
        foreach (var visitor in world.Visitors)
        {
            foreach (var endpoint in world.Endpoints)
            {
                var answer = await endpoint.AskAsync(visitor.Browser);
                var expected = endpoint.Expect(visitor);
                if (answer.StatusCode != expected)
                {
                    wrong.Add($"{visitor.Name} {endpoint.Name}: {answer.StatusCode}, not {expected}");
                }
            }
        }

        Assert.Empty(wrong);
        Assert.Equal(world.StateBefore, await StateAsync(host, world.Owner));
    }

    private static async Task<string> StateAsync(AccessHost host, AccountAccess access)
    {
        var apps = await host.Service<AppStore>().ListAsync(access, default);
        var keys = await host.Service<AppStore>().KeysAsync(access, apps[0].App, default);
        var tokens = await host.Service<TokenStore>().ListAsync(access, default);
        return string.Join('|', [
            .. apps.Select(app => $"{app.Name} {app.Paused} {app.Settings}"),
            .. keys.Select(key => key.ToString()),
            .. tokens.Select(token => $"{token.Token} {token.RevokedAt}")]);
    }

    /// <summary>Two accounts, four roles in each, programs and nobody; and every address there is.</summary>
    private sealed class World
    {
        public required AccountAccess Owner { get; init; }

        public required string StateBefore { get; init; }

        public required IReadOnlyList<Visitor> Visitors { get; init; }

        public required IReadOnlyList<Endpoint> Endpoints { get; init; }

        public static async Task<World> CreateAsync(AccessHost host)
        {
            var owner = await host.OperatorAsync();
            var other = owner with { Account = await host.AddAccountAsync("Other") };
            var app = (await host.Service<AppRegistry>().CreateAsync(owner, "Shop", [], default))!.App;
            await host.Service<TokenStore>().CreateAsync(owner, "ci", AccountRole.Viewer, default);
            var token = (await host.Service<TokenStore>().ListAsync(owner, default)).Single().Token;
            var visitors = new List<Visitor> { new("nobody", null, false, true, host.Browse()) };
            var programs = new List<Visitor>();
            foreach (var (access, mine) in new[] { (owner, true), (other, false) })
            {
                foreach (var role in EveryRole)
                {
                    var name = $"{role} of {(mine ? "the account" : "another")}";
                    await host.AddUserAsync(access.Account, name, role);
                    visitors.Add(new Visitor(name, role, mine, true, await host.SignInAsync(name)));
                    var secret = await host.Service<TokenStore>().CreateAsync(access, name, role, default);
                    programs.Add(new Visitor($"token {name}", role, mine, false, host.Browse().WithToken(secret)));
                }
            }

            return new World
            {
                Owner = owner,
                StateBefore = await StateAsync(host, owner),
                Visitors = [.. visitors, .. programs, new("bad token", null, false, false, host.Browse().WithToken("rt_no"))],
                Endpoints = [.. Pages(app, token), .. Api(app, token)],
            };
        }

        private static IEnumerable<Endpoint> Pages(Guid app, Guid token) =>
        [
            new("/apps", AccountRole.Viewer), new("/apps/new", AccountRole.Admin),
            new($"/apps/{app}", AccountRole.Viewer) { Owned = true },
            new($"/apps/{app}/rotate", AccountRole.Admin) { Owned = true },
            new($"/apps/{app}/settings", AccountRole.Admin) { Owned = true },
            new("/tokens", AccountRole.Admin), new("/tokens/new", AccountRole.Admin),
            new($"/tokens/{token}/revoke", AccountRole.Admin) { Owned = true },
            new("/audit", AccountRole.Admin), new("/password", AccountRole.Viewer), new("/sign-out", AccountRole.Viewer),
            new("/health", null),
        ];

        // What would change something is asked for in a way that changes nothing for those it lets in.
        private static IEnumerable<Endpoint> Api(Guid app, Guid token) =>
        [
            new("/api/v1/apps", AccountRole.Viewer) { IsApi = true },
            new("/api/v1/tokens", AccountRole.Admin) { IsApi = true },
            new("/api/v1/apps", AccountRole.Admin) { IsApi = true, Method = HttpMethod.Post, Body = new { name = "" } },
            new("/api/v1/tokens", AccountRole.Admin) { IsApi = true, Method = HttpMethod.Post, Body = new { name = "" } },
            new($"/api/v1/apps/{app}/rotate", AccountRole.Admin)
            {
                IsApi = true, Method = HttpMethod.Post, Body = new { overlap_ms = -1 },
            },
            new($"/api/v1/tokens/{token}", AccountRole.Admin)
            {
                IsApi = true, Method = HttpMethod.Delete, Owned = true, OnlyOthers = true,
            },
        ];
    }

    private sealed record Visitor(string Name, AccountRole? Role, bool Mine, bool IsBrowser, Browser Browser);

    private sealed record Endpoint(string Path, AccountRole? Role)
    {
        public HttpMethod Method { get; init; } = HttpMethod.Get;

        public object? Body { get; init; }

        public bool IsApi { get; init; }

        /// <summary>What it names belongs to one account.</summary>
        public bool Owned { get; init; }

        /// <summary>Asked for by those only whom it must refuse.</summary>
        public bool OnlyOthers { get; init; }

        public string Name => $"{Method} {Path}";

        public async Task<HttpResponseMessage> AskAsync(Browser browser) => Method == HttpMethod.Get
            ? await browser.GetAsync(Path)
            : await browser.SendJsonAsync(Method, OnlyOthers ? Path : Path, Body);

        public HttpStatusCode Expect(Visitor visitor)
        {
            if (visitor.Role is not { } role)
            {
                return IsApi || !visitor.IsBrowser ? HttpStatusCode.Unauthorized : HttpStatusCode.Redirect;
            }

            if (Role is not { } least || role < least)
            {
                return HttpStatusCode.Forbidden;
            }

            if (Method != HttpMethod.Get)
            {
                // A browser's cookie alone changes nothing.
                return visitor.IsBrowser || !Owned ? HttpStatusCode.BadRequest
                    : visitor.Mine ? HttpStatusCode.NoContent : HttpStatusCode.NotFound;
            }

            return Owned && !visitor.Mine ? HttpStatusCode.NotFound : HttpStatusCode.OK;
        }
    }
}
