using System.Text.Json;
using Recount.EndToEndTests.Infrastructure;

namespace Recount.EndToEndTests;

/// <summary>Every verb that works on sessions, as programs use it.</summary>
public sealed class CommandLineTests(CommandLineTests.RecordedInstallation installation)
    : IClassFixture<CommandLineTests.RecordedInstallation>
{
    /// <summary>Holds one sealed visit of two pages.</summary>
    public sealed class RecordedInstallation : Installation, IAsyncLifetime
    {
        public Guid Session { get; private set; }

        public new async Task InitializeAsync()
        {
            await base.InitializeAsync();
            await using var visitor = await Visitor.EnterAsync(this);
            await visitor.OpenAsync("guide.html");
            await visitor.LeaveAsync();
            await SealedAsync(visitor.Session, 2);
            Session = visitor.Session;
        }
    }

    private string Session => installation.Session.ToString();

    [Fact]
    public async Task Sessions_are_listed_and_shown()
    {
        var list = await JsonAsync("sessions", "list", "--app", "demo shop", "--json");
        var item = Assert.Single(list.GetProperty("items").EnumerateArray());
        Assert.Equal(installation.Session, item.GetProperty("session").GetGuid());
        Assert.Equal(2, item.GetProperty("pages").GetInt32());
        Assert.Equal(0, item.GetProperty("gaps").GetInt32());
        Assert.Equal(JsonValueKind.Null, list.GetProperty("next").ValueKind);

        var shown = await JsonAsync("sessions", "show", Session, "--json");
        Assert.Equal(installation.Session, shown.GetProperty("session").GetGuid());
        Assert.Equal(
            ["index.html", "guide.html"],
            shown.GetProperty("pages").EnumerateArray().Select(page => page.GetProperty("url").GetString()!.Split('/')[^1]));
        var text = await RunAsync("sessions", "show", Session);
        Assert.Contains("root ", text.Output, StringComparison.Ordinal);
        Assert.Contains(Session, (await RunAsync("sessions", "list")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_is_told_in_one_sentence_with_exit_code_1()
    {
        foreach (var arguments in new[] { ["sessions", "show", Guid.NewGuid().ToString()], new[] { "sessions", "list", "--app", "none" } })
        {
            var result = await Cli.RunAsync(installation, arguments);
            Assert.Equal(1, result.ExitCode);
            Assert.Equal("", result.Output);
            Assert.Single(result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
    }

    [Fact]
    public async Task An_exported_part_is_consistent_and_authentic_until_a_byte_is_flipped()
    {
        var files = await ExportAsync("rec", installation.FilesFor("verify"));

        var verdicts = (await JsonAsync(["verify", .. files, "--json"])).EnumerateArray().ToList();
        Assert.Equal(files.Count, verdicts.Count);
        Assert.All(verdicts, verdict => Assert.True(
            verdict.GetProperty("consistent").GetBoolean() && verdict.GetProperty("authentic").GetBoolean(), verdict.ToString()));
        var roots = (await JsonAsync("sessions", "show", Session, "--json")).GetProperty("pages").EnumerateArray()
            .SelectMany(page => page.GetProperty("parts").EnumerateArray()).Select(part => part.GetProperty("root").GetString());
        Assert.Equal(roots, verdicts.Select(verdict => verdict.GetProperty("root").GetString()));

        var content = await File.ReadAllBytesAsync(files[0]);
        content[content.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(files[0], content);
        var flipped = await Cli.RunAsync(installation, "verify", files[0], "--json");
        Assert.Equal(1, flipped.ExitCode);
        Assert.False(flipped.Json[0].GetProperty("consistent").GetBoolean());
        Assert.NotEqual("", flipped.Json[0].GetProperty("fault").GetString());
    }

    [Theory]
    [InlineData("rec")]
    [InlineData("json")]
    public async Task An_exported_session_is_imported_elsewhere_and_holds_the_same(string format)
    {
        var files = await ExportAsync(format, installation.FilesFor($"export-{format}"));
        await using var other = await Installation.StartAsync();
        Assert.Equal(0, (await Cli.RunAsync(other, "apps", "create", "copy")).ExitCode);

        var imported = await Cli.RunAsync(other, ["sessions", "import", .. files, "--app", "copy", "--json"]);

        Assert.True(imported.ExitCode == 0, imported.Errors);
        var sessions = imported.Json.EnumerateArray().Select(item => item.GetProperty("session").GetGuid()).ToHashSet();
        foreach (var session in sessions)
        {
            await other.ListedAsync(session);
        }

        var rrweb = new List<string>();
        foreach (var session in sessions)
        {
            rrweb.AddRange(await RrwebAsync(other, session));
        }

        Assert.Equal((await RrwebAsync(installation, installation.Session)).Order(), rrweb.Order());
        Assert.True(format == "json" || sessions.SetEquals([installation.Session]), string.Join(' ', sessions));
    }

    [Fact]
    public async Task A_token_reads_from_elsewhere_until_it_is_revoked()
    {
        var token = (await JsonAsync("tokens", "create", "reader", "--role", "viewer", "--json")).GetProperty("token").GetString()!;
        var remote = await Cli.RunRemoteAsync(installation, token, "sessions", "list", "--json");
        Assert.Equal(installation.Session, remote.Json.GetProperty("items")[0].GetProperty("session").GetGuid());
        Assert.Equal(1, (await Cli.RunRemoteAsync(installation, token, "apps", "create", "mine")).ExitCode);

        var listed = (await JsonAsync("tokens", "list", "--json")).GetProperty("items").EnumerateArray()
            .Single(item => item.GetProperty("name").GetString() == "reader");
        Assert.Equal("viewer", listed.GetProperty("role").GetString());
        Assert.Equal(JsonValueKind.Null, listed.GetProperty("revoked_at").ValueKind);
        var id = listed.GetProperty("id").GetString()!;
        Assert.Equal(id, (await JsonAsync("tokens", "revoke", id, "--json")).GetProperty("revoked").GetString());

        Assert.Equal(1, (await Cli.RunRemoteAsync(installation, token, "sessions", "list")).ExitCode);
    }

    [Fact]
    public async Task An_app_gets_a_key_and_a_new_one()
    {
        var created = await JsonAsync("apps", "create", "blog", "--origin", "https://blog.example", "--json");
        var key = created.GetProperty("key").GetString()!;
        Assert.Matches("^rk_[0-9a-z]{32}$", key);

        var rotated = await JsonAsync("apps", "rotate", "blog", "--overlap", "1h", "--json");
        Assert.NotEqual(key, rotated.GetProperty("key").GetString());
        var blog = (await JsonAsync("apps", "list", "--json")).GetProperty("items").EnumerateArray()
            .Single(item => item.GetProperty("name").GetString() == "blog");
        Assert.Equal(rotated.GetProperty("key").GetString(), blog.GetProperty("key").GetString());
        Assert.Equal("https://blog.example", blog.GetProperty("origins")[0].GetString());
        Assert.Equal(1, (await Cli.RunAsync(installation, "apps", "create", "blog")).ExitCode);
    }

    private async Task<IReadOnlyList<string>> ExportAsync(string format, string directory)
    {
        var exported = await JsonAsync("sessions", "export", Session, "--format", format, "--out", directory, "--json");
        Assert.Equal(0, exported.GetProperty("pending_chunks").GetInt32());
        return [.. exported.GetProperty("files").EnumerateArray().Select(file => file.GetString()!)];
    }

    private async Task<CliResult> RunAsync(params string[] arguments)
    {
        var result = await Cli.RunAsync(installation, arguments);
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', arguments)}: {result.ExitCode} {result.Errors}{result.Output}");
        return result;
    }

    private async Task<JsonElement> JsonAsync(params string[] arguments) => (await RunAsync(arguments)).Json;

    private static async Task<IEnumerable<string>> RrwebAsync(Installation from, Guid session) =>
        (await from.EntriesAsync(session)).Where(entry => entry.GetProperty("k").GetString() == "rrweb")
            .Select(entry => entry.GetProperty("d").GetRawText());
}
