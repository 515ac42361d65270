using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Recount.Database;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Database;

public sealed class RuntimeRoleTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string NewTable = """
        CREATE TABLE recount.immutable (id int PRIMARY KEY);
        GRANT SELECT, INSERT ON recount.immutable TO recount_app;
        INSERT INTO recount.immutable VALUES (1)
        """;

    [Theory]
    [InlineData("UPDATE recount.immutable SET id = 2")]
    [InlineData("DELETE FROM recount.immutable")]
    [InlineData("TRUNCATE recount.immutable")]
    [InlineData("DROP TABLE recount.immutable")]
    [InlineData("ALTER TABLE recount.immutable ADD COLUMN other int")]
    [InlineData("GRANT UPDATE ON recount.immutable TO recount_app; UPDATE recount.immutable SET id = 2")]
    [InlineData("CREATE TABLE recount.other (id int)")]
    [InlineData("CREATE TABLE public.other (id int)")]
    [InlineData("CREATE SCHEMA other")]
    [InlineData("SET ROLE recount_owner")]
    [InlineData("UPDATE recount.migration SET sha256 = ''")]
    [InlineData("DELETE FROM recount.migration")]
    [InlineData("UPDATE recount.installation SET id = gen_random_uuid()")]
    [InlineData("DELETE FROM recount.installation")]
    public async Task The_running_process_cannot_change_what_is_write_once(string sql)
    {
        var connections = await postgres.CreateConnectionsAsync();
        await ExecuteAsync(connections.Owner, NewTable);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(connections.Runtime, sql));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task The_running_process_can_add_to_what_is_write_once()
    {
        var connections = await postgres.CreateConnectionsAsync();
        await ExecuteAsync(connections.Owner, NewTable);

        await ExecuteAsync(connections.Runtime, "INSERT INTO recount.immutable VALUES (2)");

        await using var connection = new NpgsqlConnection(connections.Runtime);
        Assert.Equal(2, await connection.ExecuteScalarAsync<int>("SELECT count(*)::int FROM recount.immutable"));
    }

    [Fact]
    public async Task A_process_that_was_given_the_owners_role_refuses_to_use_it()
    {
        var connections = await postgres.CreateEmptyAsync();

        var state = await StartAsync(connections with { Runtime = connections.Owner });

        Assert.Equal(DatabasePhase.Refused, state.Phase);
        Assert.Contains("Database:ConnectionString", state.Detail);
    }

    [Fact]
    public async Task An_empty_database_is_migrated_and_ready()
    {
        var connections = await postgres.CreateEmptyAsync();

        var state = await StartAsync(connections);

        Assert.Equal(DatabasePhase.Ready, state.Phase);
    }

    [Fact]
    public async Task A_database_of_a_newer_build_is_refused()
    {
        var connections = await postgres.CreateConnectionsAsync();
        const string future = "INSERT INTO recount.migration VALUES (9999, 'future', '', '2030-01-01Z')";
        await ExecuteAsync(connections.Owner, future);

        var state = await StartAsync(connections);

        Assert.Equal(DatabasePhase.Refused, state.Phase);
        Assert.Contains("9999 (future)", state.Detail);
    }

    private static async Task<DatabaseState> StartAsync(DatabaseConnections connections)
    {
        await using var db = new Db();
        using var startup = new DatabaseStartup(
            db,
            new ExternalDatabase(connections),
            new DataOwner(Guid.NewGuid(), [1, 2, 3], "a public key"),
            Options.Create(new DatabaseOptions()),
            TimeProvider.System,
            NullLogger<DatabaseStartup>.Instance);
        await startup.StartAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => db.State.Phase != DatabasePhase.Starting, () => db.State.ToString());
        var state = db.State;
        await startup.StopAsync(CancellationToken.None);
        return state;
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.ExecuteAsync(sql);
    }
}
