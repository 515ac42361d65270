using System.Globalization;
using System.Net;
using System.Text.Json;
using Dapper;
using Recount.Primitives;
using Recount.Server.Commands;
using Recount.Server.Engines;
using Recount.Server.Hosting;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Server;

public sealed class ServeTests : IDisposable
{
    private const string Nobody = "65534";
    private readonly TemporaryDirectory directory = new();

    private string Data => directory["data"];

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task A_server_that_was_killed_starts_again_at_once_with_what_was_committed()
    {
        var killed = RecountProcess.Start(Data);
        await killed.ReadyAsync();
        await using (var connection = await killed.OpenDatabaseAsync())
        {
            await connection.ExecuteAsync("CREATE TABLE recount.kept AS SELECT 42 AS value");
        }

        await killed.KillAsync();
        await using var again = RecountProcess.Start(Data);
        await again.ReadyAsync();

        await using var after = await again.OpenDatabaseAsync();
        Assert.Equal(42, await after.ExecuteScalarAsync<int>("SELECT value FROM recount.kept"));
    }

    [Fact]
    public async Task PostgreSQL_leaves_when_its_parent_was_killed()
    {
        var server = RecountProcess.Start(Data);
        await server.ReadyAsync();
        Assert.NotNull(RecountProcess.PostmasterOf(Data));

        await server.KillAsync();

        await Eventually.TrueAsync(() => RecountProcess.PostmasterOf(Data) is null, () => "PostgreSQL stayed.");
        RemoveRuntime();
    }

    [Fact]
    public async Task A_stop_leaves_neither_processes_nor_sockets()
    {
        var server = RecountProcess.Start(Data);
        await server.ReadyAsync();
        var runtime = DataDirectory.RuntimeDirectoryOf(Data)!;

        Assert.Equal(0, await server.StopAsync());

        Assert.Null(RecountProcess.PostmasterOf(Data));
        Assert.False(Directory.Exists(runtime));
        Assert.False(Directory.Exists(RuntimeDirectory.EngineDirectory(runtime)));
        var log = await File.ReadAllTextAsync(Path.Combine(Data, "log/postgres.log"));
        Assert.Contains("database system is shut down", log);
    }

    [Fact]
    public async Task A_second_process_on_a_data_directory_is_told_who_holds_it()
    {
        await using var first = RecountProcess.Start(Data);
        await first.ReadyAsync();

        await using var second = RecountProcess.Start(Data);

        Assert.Equal(1, await second.ExitAsync());
        Assert.Contains($"in use by process {first.Pid}", second.Errors);
        using var api = await first.ConnectAsync();
        Assert.Equal("ready", (await api.GetAsync<Health>("/health/ready", CancellationToken.None)).Status);
    }

    [Fact]
    public async Task A_user_without_privileges_can_run_it()
    {
        var user = Environment.IsPrivilegedProcess ? Nobody : null;
        using var open = new TemporaryDirectory();
        if (user is not null)
        {
            Unix.ChangeOwner(open.Path, uint.Parse(user, CultureInfo.InvariantCulture));
        }

        await using var server = RecountProcess.Start(open["data"], user: user);
        var address = await server.ReadyAsync();

        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(address, "/health/ready"))).StatusCode);
        Assert.Equal(0, await server.StopAsync());
    }

    [Fact]
    public async Task Every_part_is_shown_with_its_state_and_the_database_may_come_later()
    {
        using var postgres = new TemporaryDirectory();
        await using var engine = await PostgresServer.StartAsync(postgres["data"]);
        var connections = await engine.CreateDatabaseAsync("external", "template0");
        var sockets = new Npgsql.NpgsqlConnectionStringBuilder(connections.Owner).Host!;
        var link = directory["sockets"];
        await using var server = RecountProcess.Start(Data, new Dictionary<string, string>
        {
            ["RECOUNT__Database__ConnectionString"] = connections.Runtime.Replace(sockets, link),
            ["RECOUNT__Database__OwnerConnectionString"] = connections.Owner.Replace(sockets, link),
        });
        using var api = await server.ConnectAsync();

        // PostgreSQL is not there yet, the server is.
        var before = await api.GetAsync<Health>(
            "/health/ready", CancellationToken.None, HttpStatusCode.ServiceUnavailable);
        Assert.Equal("not_ready", before.Status);
        await api.GetAsync<JsonElement>("/health/live", CancellationToken.None);

        File.CreateSymbolicLink(link, sockets);
        await server.ReadyAsync();

        var after = await api.GetAsync<Health>("/health/ready", CancellationToken.None);
        Assert.Contains(after.Parts, part => part is { Name: "database", Ready: true });
        Assert.False(Directory.Exists(Path.Combine(Data, "postgres")));
    }

    [Theory]
    [InlineData("RECOUNT__Server__Port", "70000", "Server:Port")]
    [InlineData("RECOUNT__Server__Port", "many", "Server:Port")]
    [InlineData("RECOUNT__Server__Listen", "0.0.0.0", "Server:TrustedProxies")]
    [InlineData("RECOUNT__Server__Roles", "captur", "'captur' is no role")]
    [InlineData("RECOUNT__Server__ReplayHost", "localhost", "Server:ReplayHost")]
    [InlineData("RECOUNT__Server__Prot", "1", "'Prot'")]
    [InlineData("RECOUNT__Databse__MaxConnections", "1", "Databse")]
    [InlineData("RECOUNT__Database__MaxConnections", "0", "Database:MaxConnections (RECOUNT__Database__MaxConnections)")]
    [InlineData("RECOUNT__Database__ConnectionString", "Host=x", "Database:OwnerConnectionString")]
    [InlineData("RECOUNT__Database__Embedded__StartTimeout", "00:00:00", "Database:Embedded:StartTimeout")]
    public async Task A_wrong_setting_ends_the_start_with_its_key(string name, string value, string said)
    {
        await using var server = RecountProcess.Start(Data, new Dictionary<string, string> { [name] = value });

        Assert.Equal(1, await server.ExitAsync());
        Assert.Contains(said, server.Errors);
        Assert.DoesNotContain("   at ", server.Errors);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        await using var first = RecountProcess.Start(Data);
        var port = (await first.ReadyAsync()).Port;

        await using var second = RecountProcess.Start(directory["other"], null, null, "--port", $"{port}");

        Assert.Equal(1, await second.ExitAsync());
        Assert.Contains($":{port}: address already in use", second.Errors);
        Assert.Contains("--port", second.Errors);
    }

    [Fact]
    public async Task The_status_verb_speaks_by_the_socket_and_fails_when_nothing_runs()
    {
        var (none, _, said) = await RunAsync("status", "--data", Data);
        Assert.Equal(1, none);
        Assert.Contains("does not run on the data directory", said);

        await using var server = RecountProcess.Start(Data);
        await server.ReadyAsync();

        var (code, written, _) = await RunAsync("status", "--data", Data, "--json");
        Assert.Equal(0, code);
        using var json = JsonDocument.Parse(written);
        Assert.Equal("ready", json.RootElement.GetProperty("status").GetString());
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = await CommandLine.RunAsync(arguments, output, errors);
        return (code, output.ToString(), errors.ToString());
    }

    private void RemoveRuntime() => RuntimeDirectory.Remove(DataDirectory.RuntimeDirectoryOf(Data)!);
}
