using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Recount.Database;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Database;

/// <summary>A database and a data directory that do not belong together are not used together.</summary>
public sealed class InstallationRowTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly DataOwner Owner = new(Guid.NewGuid(), [1, 2, 3], "a public key");

    [Fact]
    public async Task The_first_start_says_whose_the_database_is_and_later_ones_find_it()
    {
        var connections = await postgres.CreateConnectionsAsync();
        var clock = new TestClock();

        Assert.Equal(DatabasePhase.Ready, (await StartAsync(connections, Owner, clock)).Phase);
        var first = await RowAsync(connections);
        clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(DatabasePhase.Ready, (await StartAsync(connections, Owner, clock)).Phase);

        Assert.Equal(first, await RowAsync(connections));
        Assert.Equal((Owner.Installation, "010203", Owner.PublicKey), (first.Id, first.Key, first.PublicKey));
    }

    [Fact]
    public async Task A_database_of_another_installation_is_refused_and_stays_as_it_is()
    {
        var connections = await postgres.CreateConnectionsAsync();
        await StartAsync(connections, Owner);
        var before = await RowAsync(connections);
        var other = Owner with { Installation = Guid.NewGuid() };

        var state = await StartAsync(connections, other);

        Assert.Equal(DatabasePhase.Refused, state.Phase);
        Assert.Contains(Owner.Installation.ToString(), state.Detail, StringComparison.Ordinal);
        Assert.Contains(other.Installation.ToString(), state.Detail, StringComparison.Ordinal);
        Assert.Contains("--data", state.Detail, StringComparison.Ordinal);
        Assert.Equal(before, await RowAsync(connections));
    }

    [Fact]
    public async Task A_signing_key_that_is_not_the_installations_is_refused()
    {
        var connections = await postgres.CreateConnectionsAsync();
        await StartAsync(connections, Owner);

        var state = await StartAsync(connections, Owner with { SigningKeyId = [9] });

        Assert.Equal(DatabasePhase.Refused, state.Phase);
        Assert.Contains("keys/", state.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Processes_that_start_at_once_on_a_new_database_agree()
    {
        var connections = await postgres.CreateEmptyAsync();

        var states = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => StartAsync(connections, Owner)));

        Assert.All(states, state => Assert.Equal(DatabasePhase.Ready, state.Phase));
    }

    private static async Task<DatabaseState> StartAsync(
        DatabaseConnections connections, DataOwner owner, TimeProvider? time = null)
    {
        await using var db = new Db();
        using var startup = new DatabaseStartup(
            db,
            new ExternalDatabase(connections),
            owner,
            Options.Create(new DatabaseOptions()),
            time ?? TimeProvider.System,
            NullLogger<DatabaseStartup>.Instance);
        await startup.StartAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => db.State.Phase != DatabasePhase.Starting, () => db.State.ToString());
        var state = db.State;
        await startup.StopAsync(CancellationToken.None);
        return state;
    }

    private static async Task<(Guid Id, Guid Database, DateTime CreatedAt, string Key, string PublicKey)> RowAsync(
        DatabaseConnections connections)
    {
        await using var connection = new NpgsqlConnection(connections.Runtime);
        return await connection.QuerySingleAsync<(Guid, Guid, DateTime, string, string)>(
            "SELECT id, database_id, created_at, encode(signing_key_id, 'hex'), public_key FROM recount.installation");
    }
}
