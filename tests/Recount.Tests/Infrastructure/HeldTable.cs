using Dapper;
using Npgsql;
using Recount.Database;

namespace Recount.Tests.Infrastructure;

/// <summary>
/// Holds a table so that whoever wants to write to it waits in the middle of its transaction: the way to a chosen
/// interleaving without a switch in the code.
/// </summary>
internal sealed class HeldTable : IAsyncDisposable
{
    private static readonly TimeSpan GiveUp = TimeSpan.FromSeconds(30);
    private readonly DatabaseConnections connections;
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction transaction;

    private HeldTable(DatabaseConnections connections, NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        this.connections = connections;
        this.connection = connection;
        this.transaction = transaction;
    }

    public static async Task<HeldTable> HoldAsync(DatabaseConnections connections, string table)
    {
        var connection = new NpgsqlConnection(connections.Owner);
        await connection.OpenAsync();
        var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync($"LOCK TABLE recount.{table} IN EXCLUSIVE MODE");
        return new HeldTable(connections, connection, transaction);
    }

    /// <summary>Waits until that many others of this database wait for a lock.</summary>
    public async Task UntilBlockedAsync(int others)
    {
        const string blocked = """
            SELECT count(DISTINCT l.pid) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
            WHERE NOT l.granted AND a.datname = current_database()
            """;

        // Not in the transaction that holds the table: it would see the same activity for ever.
        await using var watch = new NpgsqlConnection(connections.Runtime);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        using var end = new CancellationTokenSource(GiveUp);
        while (await watch.ExecuteScalarAsync<long>(blocked) < others)
        {
            await timer.WaitForNextTickAsync(end.Token);
        }
    }

    /// <summary>Ends the statements that wait, as a lost connection does.</summary>
    public async Task CancelBlockedAsync()
    {
        await using var runtime = new NpgsqlConnection(connections.Runtime);
        await runtime.ExecuteAsync("""
            SELECT pg_cancel_backend(l.pid) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
            WHERE NOT l.granted AND a.datname = current_database() AND l.pid <> pg_backend_pid()
            """);
    }

    public async Task ReleaseAsync() => await transaction.CommitAsync();

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}
