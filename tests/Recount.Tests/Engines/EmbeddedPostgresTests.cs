using System.Diagnostics;
using System.Globalization;
using Dapper;
using Npgsql;
using Recount.Database;
using Recount.Server.Engines;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Engines;

public sealed class EmbeddedPostgresTests : IDisposable
{
    private const string DebianBinaries = "/usr/lib/postgresql/15/bin";
    private const int KillNow = 9;
    private readonly TemporaryDirectory directory = new();

    private string Data => directory["data"];

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task A_restart_keeps_what_was_committed()
    {
        await using (var server = await PostgresServer.StartAsync(Data))
        {
            await ExecuteAsync(server, "CREATE TABLE kept AS SELECT 42 AS value");
        }

        await using var again = await PostgresServer.StartAsync(Data);
        Assert.Equal(42, await QueryAsync<int>(again, "SELECT value FROM kept"));
    }

    [Fact]
    public async Task Only_the_installation_can_read_the_cluster_its_secret_and_its_socket()
    {
        await using var server = await PostgresServer.StartAsync(Data);

        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Assert.Equal(ownerOnly, File.GetUnixFileMode(Data));
        Assert.Equal(ownerOnly, File.GetUnixFileMode(Path.Combine(Data, "postgres")));
        Assert.Equal(ownerOnly, File.GetUnixFileMode(Path.Combine(Data, "postgres/data")));
        Assert.Equal(ownerOnly, File.GetUnixFileMode(await QueryAsync<string>(server, "SHOW unix_socket_directories")));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Data, "postgres/secret")));
        Assert.Equal("", await QueryAsync<string>(server, "SHOW listen_addresses"));
        Assert.Equal("on", await QueryAsync<string>(server, "SHOW fsync"));
    }

    [Fact]
    public async Task A_password_is_asked_for_even_on_the_socket()
    {
        await using var server = await PostgresServer.StartAsync(Data);
        var wrong = new NpgsqlConnectionStringBuilder(server.Engine.Superuser) { Password = "wrong" }.ConnectionString;

        await using var connection = new NpgsqlConnection(wrong);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync());

        Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);
    }

    [Fact]
    public async Task A_pid_file_that_names_somebody_elses_process_does_not_keep_it_from_starting()
    {
        await (await PostgresServer.StartAsync(Data)).DisposeAsync();
        using var stranger = Process.Start("sleep", "600");
        try
        {
            // As a killed server leaves it, after its process id was given to another process of the same user.
            var file = Path.Combine(Data, "postgres/data/postmaster.pid");
            await File.WriteAllTextAsync(file, $"{stranger.Id}\n/proc/self/fd/9\n1700000000\n5432\n/run\n\n0 0\n");

            await using var server = await PostgresServer.StartAsync(Data);

            Assert.Equal(1, await QueryAsync<int>(server, "SELECT 1"));
            Assert.False(stranger.HasExited);
        }
        finally
        {
            stranger.Kill();
        }
    }

    [Fact]
    public async Task A_server_that_is_killed_is_started_again_with_what_was_committed()
    {
        await using var server = await PostgresServer.StartAsync(Data);
        await ExecuteAsync(server, "CREATE TABLE kept AS SELECT 42 AS value");
        var first = server.Engine.Pid!.Value;

        Unix.Signal(first, KillNow);

        await Eventually.TrueAsync(
            () => server.Engine.Check().Ready && server.Engine.Pid is { } pid && pid != first,
            () => server.Engine.Check().ToString());
        Assert.Equal(42, await QueryAsync<int>(server, "SELECT value FROM kept"));
    }

    [Fact]
    public async Task A_long_path_of_the_data_directory_does_not_matter_to_its_sockets()
    {
        var parts = Enumerable.Range(0, 8).Select(_ => new string('x', 40));
        var deep = Path.Combine([directory.Path, .. parts]);

        await using var server = await PostgresServer.StartAsync(deep);

        Assert.Equal(1, await QueryAsync<int>(server, "SELECT 1"));
    }

    [Fact]
    public async Task A_first_start_that_was_cut_off_is_begun_again()
    {
        var begun = Directory.CreateDirectory(Path.Combine(Data, "postgres/begun"));
        await File.WriteAllTextAsync(Path.Combine(begun.FullName, "PG_VERSION"), "18\n");

        await using var server = await PostgresServer.StartAsync(Data);

        Assert.Equal(1, await QueryAsync<int>(server, "SELECT 1"));
        Assert.False(begun.Exists && Directory.Exists(begun.FullName));
    }

    [Fact]
    public async Task The_version_of_the_cluster_decides_which_programs_run_it()
    {
        var debian = new EmbeddedPostgresOptions { BinDirectory = DebianBinaries };
        await using (var server = await PostgresServer.StartAsync(Data, debian))
        {
            await ExecuteAsync(server, "CREATE TABLE kept AS SELECT 42 AS value");
        }

        await using var again = await PostgresServer.StartAsync(Data);

        Assert.StartsWith("15.", await QueryAsync<string>(again, "SHOW server_version"));
        Assert.Equal(42, await QueryAsync<int>(again, "SELECT value FROM kept"));
    }

    [Fact]
    public async Task Settings_are_reloaded_where_the_servers_user_cannot_enter_the_directories_above()
    {
        await using var server = await PostgresServer.StartAsync(Data);
        await ExecuteAsync(server, "ALTER SYSTEM SET work_mem = '7MB'");

        await ExecuteAsync(server, "SELECT pg_reload_conf()");

        await Eventually.TrueAsync(
            async () => await QueryAsync<string>(server, "SHOW work_mem") == "7MB", () => "The file was not read again.");
    }

    [Fact]
    public async Task A_cluster_of_a_version_that_is_not_installed_is_refused_with_what_was_found()
    {
        var cluster = Directory.CreateDirectory(Path.Combine(Data, "postgres/data"));
        await File.WriteAllTextAsync(Path.Combine(cluster.FullName, "PG_VERSION"), "9\n");

        var refused = await Assert.ThrowsAsync<DatabaseRefusedException>(() => PostgresServer.StartAsync(Data));

        Assert.Contains("PostgreSQL 9", refused.Message);
        Assert.Contains("Database:Embedded:BinDirectory", refused.Message);
    }

    [Fact]
    public async Task Programs_that_the_engines_user_cannot_reach_are_copied_where_it_can()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            // Only root gives its engines another user; everybody else reaches what they themselves reach.
            return;
        }

        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(directory["closed"], ownerOnly);
        var found = PostgresBinaries.Find(null, null);
        using (var copy = Process.Start("cp", ["-a", Path.GetDirectoryName(found.BinDirectory)!, directory["closed/pg"]]))
        {
            await copy.WaitForExitAsync();
        }

        var options = new EmbeddedPostgresOptions { BinDirectory = directory["closed/pg/bin"] };
        await using var server = await PostgresServer.StartAsync(Data, options);

        var command = await File.ReadAllTextAsync(
            string.Create(CultureInfo.InvariantCulture, $"/proc/{server.Engine.Pid}/cmdline"));
        Assert.StartsWith("/var/cache/recount/engines/", command);
        Directory.Delete(string.Join('/', command.Split('/').Take(6)), recursive: true);
    }

    private static async Task ExecuteAsync(PostgresServer server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.Engine.Superuser);
        await connection.ExecuteAsync(sql);
    }

    private static async Task<T> QueryAsync<T>(PostgresServer server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.Engine.Superuser);
        return (await connection.ExecuteScalarAsync<T>(sql))!;
    }
}
