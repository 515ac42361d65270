using Npgsql;
using Recount.Database;
using Recount.Primitives;

namespace Recount.Tests.Infrastructure;

/// <summary>
/// Real PostgreSQL for tests: one server for all of a test process, started by the first that asks, and a database of
/// its own for whoever wants one. Use it as a class fixture.
/// </summary>
public sealed class PostgresFixture
{
    private static readonly Lazy<Task<PostgresServer>> Shared = new(StartAsync);
    private static readonly SemaphoreSlim Copying = new(1);
    private readonly Lazy<Task<PostgresServer>> server = Shared;

    /// <summary>A new database with every migration applied, ready for use as the runtime role.</summary>
    public async Task<Db> CreateDatabaseAsync() => Open(await CreateConnectionsAsync());

    /// <summary>A new database with every migration applied, for tests that need the owner's rights too.</summary>
    public async Task<DatabaseConnections> CreateConnectionsAsync() =>
        await CreateAsync(PostgresServer.Template);

    /// <summary>A new database without anything in it.</summary>
    public async Task<DatabaseConnections> CreateEmptyAsync() => await CreateAsync("template0");

    /// <summary>The runtime role's view of a database.</summary>
    public static Db Open(DatabaseConnections connections)
    {
        var db = new Db();
        db.Use(NpgsqlDataSource.Create(connections.Runtime));
        return db;
    }

    private async Task<DatabaseConnections> CreateAsync(string template)
    {
        var running = await server.Value;
        var name = $"test_{Guid.NewGuid():N}";

        // Two copies of one template at once get in each other's way.
        await Copying.WaitAsync();
        try
        {
            return await running.CreateDatabaseAsync(name, template);
        }
        finally
        {
            Copying.Release();
        }
    }

    private static async Task<PostgresServer> StartAsync()
    {
        var server = await PostgresServer.StartAsync(
            options: new EmbeddedPostgresOptions { MaxConnections = 400, SharedBuffers = ByteSize.MiB(64) });
        TestRun.Finally(() => server.DisposeAsync().AsTask());
        var connections = await server.CreateDatabaseAsync(PostgresServer.Template, "template0");
        await new Migrator(TimeProvider.System, Migration.All).MigrateAsync(connections.Owner, CancellationToken.None);
        return server;
    }
}
