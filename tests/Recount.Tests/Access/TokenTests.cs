using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Dapper;
using Npgsql;
using Recount.Access;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Access;

public sealed class TokenTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Nothing_stored_holds_a_token_in_the_clear()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        var access = await host.OperatorAsync();

        var secret = await host.Service<TokenStore>().CreateAsync(access, "ci", AccountRole.Admin, default);

        var stored = await host.QueryAsync<string>("SELECT string_agg(t::text, ' ') FROM recount.api_token t");
        var audit = await host.QueryAsync<string>("SELECT string_agg(a::text, ' ') FROM recount.audit_entry a");
        Assert.Contains(Convert.ToHexStringLower(Secrets.Hash(secret)), stored);
        Assert.DoesNotContain(secret[Secrets.PrefixLength..], stored + audit);
        Assert.Contains("token.created", audit);
    }

    [Fact]
    public async Task A_revoked_token_is_worth_nothing_at_once()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        var access = await host.OperatorAsync();
        var tokens = host.Service<TokenStore>();
        using var program = host.Browse().WithToken(await tokens.CreateAsync(access, "ci", AccountRole.Viewer, default));
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("/api/v1/apps")).StatusCode);
        var id = (await tokens.ListAsync(access, default)).Single().Token;

        Assert.True(await tokens.RevokeAsync(access, id, default));

        var refused = await program.GetAsync("/api/v1/apps");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        Assert.False(await tokens.RevokeAsync(access, id, default));
    }

    [Fact]
    public async Task A_token_cannot_make_one_above_itself()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        var access = await host.OperatorAsync();
        using var admin = host.Browse().WithToken(
            await host.Service<TokenStore>().CreateAsync(access, "admin", AccountRole.Admin, default));

        var owner = await admin.SendJsonAsync(HttpMethod.Post, "/api/v1/tokens", new { name = "up", role = "owner" });
        var equal = await admin.SendJsonAsync(HttpMethod.Post, "/api/v1/tokens", new { name = "same", role = "admin" });

        Assert.Equal(HttpStatusCode.Forbidden, owner.StatusCode);
        Assert.Equal("urn:recount:problem:role_above_own", await TypeAsync(owner));
        Assert.Equal(HttpStatusCode.OK, equal.StatusCode);
        await Assert.ThrowsAsync<ArgumentException>(() => host.Service<TokenStore>().CreateAsync(
            access with { Role = AccountRole.Viewer }, "up", AccountRole.Member, default));
    }

    [Fact]
    public async Task Use_is_noted_to_the_minute()
    {
        var clock = new SetClock();
        await using var host = await AccessHost.StartAsync(postgres, clock);
        var access = await host.OperatorAsync();
        var tokens = host.Service<TokenStore>();
        var secret = await tokens.CreateAsync(access, "ci", AccountRole.Viewer, default);
        Assert.Null((await tokens.ListAsync(access, default)).Single().LastUsedAt);
        var first = clock.GetUtcNow();

        await tokens.IdentifyAsync(secret, default);
        clock.Advance(TimeSpan.FromSeconds(59));
        await tokens.IdentifyAsync(secret, default);
        Assert.Equal(first, (await tokens.ListAsync(access, default)).Single().LastUsedAt);

        clock.Advance(TimeSpan.FromSeconds(2));
        await tokens.IdentifyAsync(secret, default);
        Assert.Equal(clock.GetUtcNow(), (await tokens.ListAsync(access, default)).Single().LastUsedAt);
    }

    [Fact]
    public async Task The_command_line_makes_apps_and_tokens_before_there_is_an_owner()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        var account = (await host.OperatorAsync()).Account;
        using var client = Connect(host.Socket);

        var app = await PostAsync(client, "/api/v1/apps", new { name = "Shop", origins = new[] { "https://Shop.example/" } });
        var token = await PostAsync(client, "/api/v1/tokens", new { name = "ci", role = "admin" });

        Assert.Equal(account, app.GetProperty("account").GetGuid());
        Assert.Equal("Shop", app.GetProperty("name").GetString());
        Assert.True(host.Service<KeySnapshotCache>().Current.TryGet(app.GetProperty("key").GetString()!, out var key));
        Assert.Equal(app.GetProperty("app").GetGuid(), key.App);
        Assert.Equal(["https://shop.example"], key.Origins.ToArray());
        Assert.Equal(["token"], token.EnumerateObject().Select(property => property.Name));
        var entries = await host.Service<AuditStore>().ListAsync(await host.OperatorAsync(), null, 10, default);
        Assert.Equal(["token.created", "app.created"], entries.Take(2).Select(entry => entry.Action));
        Assert.All(entries.Take(2), entry => Assert.Equal("cli", entry.Actor));
    }

    [Theory]
    [InlineData("/api/v1/apps", "{\"name\":\" x\"}", "name_malformed")]
    [InlineData("/api/v1/apps", "{\"name\":\"x\",\"origins\":[\"shop.example\"]}", "origin_malformed")]
    [InlineData("/api/v1/apps", "{\"name\":\"x\",\"origins\":[\"https://shop.example/path\"]}", "origin_malformed")]
    [InlineData("/api/v1/tokens", "{\"name\":\"x\",\"role\":\"root\"}", "role_unknown")]
    [InlineData("/api/v1/tokens", "{", "request")]
    public async Task What_is_malformed_is_named(string path, string body, string problem)
    {
        await using var host = await AccessHost.StartAsync(postgres);
        using var client = Connect(host.Socket);
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        var answer = await client.PostAsync(path, content);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal($"urn:recount:problem:{problem}", await TypeAsync(answer));
    }

    [Theory]
    [InlineData("UPDATE recount.audit_entry SET actor = 'nobody'")]
    [InlineData("DELETE FROM recount.audit_entry")]
    [InlineData("TRUNCATE recount.audit_entry")]
    [InlineData("DELETE FROM recount.app_user")]
    [InlineData("DELETE FROM recount.capture_key")]
    public async Task The_running_process_may_not_rewrite_history(string sql)
    {
        await using var db = await postgres.CreateDatabaseAsync();
        await using var connection = await db.OpenAsync(default);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync(sql));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    private static HttpClient Connect(string socket) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, token) =>
        {
            var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), token);
            return new NetworkStream(connection, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri("http://localhost"),
    };

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, object body)
    {
        var answer = await client.PostAsJsonAsync(path, body);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static async Task<string?> TypeAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("type").GetString();
}
