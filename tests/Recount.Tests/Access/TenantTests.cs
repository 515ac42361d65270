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
                using var answer = await visitor.Browser.SendJsonAsync(
                    endpoint.Method, await endpoint.Path(), endpoint.Body);
                var expected = endpoint.Expect(visitor);
                if (answer.StatusCode != expected)
                {
                    var asked = $"{endpoint.Method} {answer.RequestMessage!.RequestUri!.PathAndQuery}";
                    wrong.Add($"{visitor.Name} {asked}: {answer.StatusCode}, not {expected}");
                }
            }
        }

        Assert.Empty(wrong);

        // Two programs of the account may: its admin's and its owner's. Each rotated once and revoked one token.
        Assert.Equal(1 + 2, (await host.Service<AppStore>().KeysAsync(world.Owner, world.App, default)).Count);
        var tokens = await host.Service<TokenStore>().ListAsync(world.Owner, default);
        Assert.Equal(2, tokens.Count(token => token.RevokedAt is not null));
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

        public required Guid App { get; init; }

        public required IReadOnlyList<Visitor> Visitors { get; init; }

        public required IReadOnlyList<Endpoint> Endpoints { get; init; }

        public static async Task<World> CreateAsync(AccessHost host)
        {
            var owner = await host.OperatorAsync();
            var other = owner with { Account = await host.AddAccountAsync("Other") };
            var app = (await host.Service<AppRegistry>().CreateAsync(owner, "Shop", [], default))!.App;
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
                App = app,
                Visitors = [.. visitors, .. programs, new("bad token", null, false, false, host.Browse().WithToken("rt_no"))],
                Endpoints = [.. Pages(app, NewTokenAsync), .. Api(app, NewTokenAsync)],
            };

            // A new one for each request, so that one visitor's right does not depend on what another did.
            async Task<Guid> NewTokenAsync()
            {
                await host.Service<TokenStore>().CreateAsync(owner, "ci", AccountRole.Viewer, default);
                return (await host.Service<TokenStore>().ListAsync(owner, default))[0].Token;
            }
        }

        private static IEnumerable<Endpoint> Pages(Guid app, Func<Task<Guid>> token) =>
        [
            At("/apps", AccountRole.Viewer), At("/apps/new", AccountRole.Admin),
            At($"/apps/{app}", AccountRole.Viewer) with { Owned = true },
            At($"/apps/{app}/rotate", AccountRole.Admin) with { Owned = true },
            At($"/apps/{app}/settings", AccountRole.Admin) with { Owned = true },
            At("/tokens", AccountRole.Admin), At("/tokens/new", AccountRole.Admin),
            new(async () => $"/tokens/{await token()}/revoke", AccountRole.Admin) { Owned = true },
            At("/audit", AccountRole.Admin), At("/password", AccountRole.Viewer), At("/sign-out", AccountRole.Viewer),
            At("/health", null),
        ];

        // Making is asked for with a name that nobody may give, so that the count of apps and tokens stays.
        private static IEnumerable<Endpoint> Api(Guid app, Func<Task<Guid>> token) =>
        [
            At("/api/v1/apps", AccountRole.Viewer) with { IsApi = true },
            At("/api/v1/tokens", AccountRole.Admin) with { IsApi = true },
            At("/api/v1/apps", AccountRole.Admin) with
            {
                IsApi = true, Method = HttpMethod.Post, Body = new { name = "" }, Done = HttpStatusCode.BadRequest,
            },
            At("/api/v1/tokens", AccountRole.Admin) with
            {
                IsApi = true, Method = HttpMethod.Post, Body = new { name = "" }, Done = HttpStatusCode.BadRequest,
            },
            At($"/api/v1/apps/{app}/rotate", AccountRole.Admin) with
            {
                IsApi = true, Method = HttpMethod.Post, Body = new { overlap_ms = 0 }, Owned = true,
            },
            new(async () => $"/api/v1/tokens/{await token()}", AccountRole.Admin)
            {
                IsApi = true, Method = HttpMethod.Delete, Owned = true, Done = HttpStatusCode.NoContent,
            },
        ];

        private static Endpoint At(string path, AccountRole? role) => new(() => Task.FromResult(path), role);
    }

    private sealed record Visitor(string Name, AccountRole? Role, bool Mine, bool IsBrowser, Browser Browser);

    /// <param name="Path">Its address.</param>
    /// <param name="Role">The least role that it lets in; null for operators only.</param>
    private sealed record Endpoint(Func<Task<string>> Path, AccountRole? Role)
    {
        public HttpMethod Method { get; init; } = HttpMethod.Get;

        public object? Body { get; init; }

        public bool IsApi { get; init; }

        /// <summary>What it names belongs to one account.</summary>
        public bool Owned { get; init; }

        /// <summary>What those get whom it lets in.</summary>
        public HttpStatusCode Done { get; init; } = HttpStatusCode.OK;

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

            if (Method != HttpMethod.Get && visitor.IsBrowser)
            {
                // A browser's cookie alone changes nothing.
                return HttpStatusCode.BadRequest;
            }

            return Owned && !visitor.Mine ? HttpStatusCode.NotFound : Done;
        }
    }
}
