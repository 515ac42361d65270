using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Recount.Database;
using Recount.Primitives;
using Recount.Server.Engines;

namespace Recount.Tests.Infrastructure;

/// <summary>The embedded PostgreSQL in a data directory of the test's.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>The name of the database that others are copied from.</summary>
    public const string Template = "test_template";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);
    private readonly TemporaryDirectory? owned;
    private readonly DataDirectory data;

    private PostgresServer(TemporaryDirectory? owned, DataDirectory data, EmbeddedPostgres engine)
    {
        this.owned = owned;
        this.data = data;
        Engine = engine;
    }

    public EmbeddedPostgres Engine { get; }

    /// <summary>Starts one and waits until it accepts connections.</summary>
    /// <param name="directory">An existing data directory; null for a temporary one.</param>
    /// <param name="options">Null for the defaults.</param>
    public static async Task<PostgresServer> StartAsync(string? directory = null, EmbeddedPostgresOptions? options = null)
    {
        var owned = directory is null ? new TemporaryDirectory() : null;
        var files = new PosixFileSystem();
        var data = DataDirectory.Open(files, directory ?? owned!["data"]);
        try
        {
            var engine = new EmbeddedPostgres(
                data,
                files,
                Options.Create(new DatabaseOptions { Embedded = options ?? new EmbeddedPostgresOptions() }),
                TimeProvider.System,
                NullLogger<EmbeddedPostgres>.Instance);
            await engine.StartAsync(CancellationToken.None);
            var server = new PostgresServer(owned, data, engine);
            await server.WaitUntilRunningAsync();
            return server;
        }
        catch
        {
            data.Dispose();
            owned?.Dispose();
            throw;
        }
    }

    public async Task WaitUntilRunningAsync()
    {
        try
        {
            await Engine.WaitUntilStartedAsync(CancellationToken.None).WaitAsync(StartTimeout);
        }
        catch (TimeoutException)
        {
            await Engine.StopAsync(CancellationToken.None);
            throw new TimeoutException($"PostgreSQL did not start: {Engine.Check()}");
        }
    }

    public async Task<DatabaseConnections> CreateDatabaseAsync(string name, string template)
    {
        await using var connection = new NpgsqlConnection(Engine.Superuser);
        await connection.OpenAsync();
        await PostgresRoles.CreateDatabaseAsync(connection, name, template, CancellationToken.None);
        await PostgresRoles.AdmitAsync(connection, name, CancellationToken.None);
        var connections = await Engine.WaitUntilStartedAsync(CancellationToken.None);
        return new DatabaseConnections(In(connections.Owner, name), In(connections.Runtime, name));
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.StopAsync(CancellationToken.None);
        Engine.Dispose();
        data.Dispose();
        owned?.Dispose();
    }

    // Small pools: many tests share the server's connections.
    private static string In(string connectionString, string database) =>
        new NpgsqlConnectionStringBuilder(connectionString)
        {
            Database = database, MaxPoolSize = 8, ConnectionIdleLifetime = 5, ConnectionPruningInterval = 5,
        }.ConnectionString;
}
