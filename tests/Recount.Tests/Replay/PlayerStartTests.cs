using System.Net;
using System.Text.Json;
using Recount.Recordings;
using Recount.Replay;

namespace Recount.Tests.Replay;

public sealed class PlayerStartTests(WatchedServer server) : IClassFixture<WatchedServer>
{
    private readonly Guid session = Guid.NewGuid();
    private readonly Guid page = Guid.NewGuid();

    [Fact]
    public async Task What_the_player_begins_with_opens_the_session()
    {
        using var start = JsonDocument.Parse(await StartAsync());
        var token = start.RootElement.GetProperty("stage_token").GetProperty("token").GetString();
        Assert.Equal(600_000, start.RootElement.GetProperty("stage_token").GetProperty("expires_in_ms").GetInt64());
        var described = start.RootElement.GetProperty("manifest").GetProperty("pages")[0];
        Assert.Equal("dark", described.GetProperty("color_scheme").GetString());
        var address = described.GetProperty("blocks")[0].GetProperty("address").GetString();
        using var block = await server.StageAsync(token, $"/replay/v1/sessions/{session}/pages/{page}/{address}");
        Assert.Equal(HttpStatusCode.OK, block.StatusCode);
    }

    [Fact]
    public async Task A_program_gets_no_stage_token()
    {
        await StartAsync();
        using var start = JsonDocument.Parse(await OfAsync(server.Access with { SignIn = null }));
        Assert.Equal(JsonValueKind.Null, start.RootElement.GetProperty("stage_token").ValueKind);
    }

    private async Task<string> StartAsync()
    {
        var opened = JsonSerializer.Serialize(new { at = 0, k = "page", d = new { url = "https://shop.example/", title = "Shop", ordinal = 0, colorScheme = "dark" } });
        await server.CaptureAsync(session, page, 0, opened, "?clock=10");
        await server.ManifestAsync(session, it => it.GetProperty("pages").GetArrayLength() == 1);
        return await OfAsync(server.Access);
    }

    private async Task<string> OfAsync(Recount.Access.AccountAccess access)
    {
        var sessions = server.Service<SessionQueries>();
        var view = await sessions.FindAsync(access.Account, session, CancellationToken.None);
        return server.Service<PlayerStart>().ToJson(view!, sessions.StateOf(view!), access);
    }
}
