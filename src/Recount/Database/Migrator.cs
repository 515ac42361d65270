using Dapper;
using Npgsql;

namespace Recount.Database;

/// <summary>
/// Brings the schema <c>recount</c> to this build's migrations, forward only. Any number of processes may do so at once:
/// an advisory lock lets one work while the others wait.
/// </summary>
public sealed class Migrator(TimeProvider time, IReadOnlyList<Migration> migrations)
{
    /// <summary>The role of the running process; migrations grant it what it may do, table by table.</summary>
    public const string RuntimeRole = "recount_app";

    // "recount" in ASCII: the key of the advisory lock, in the whole server.
    private const long LockKey = 0x7265_636f_756e_74;
    private const int FirstSupportedVersion = 150000;

    /// <summary>Checks what was applied and applies what was not.</summary>
    /// <param name="connectionString">The owner role's.</param>
    /// <param name="token">Ends it between or within migrations; each is applied whole or not at all.</param>
    /// <returns>How many migrations were applied.</returns>
    /// <exception cref="DatabaseRefusedException">The database is not one that this build may use.</exception>
    /// <exception cref="NpgsqlException">The server cannot be reached, or a statement failed.</exception>
    public async Task<int> MigrateAsync(string connectionString, CancellationToken token)
    {
        var connection = new NpgsqlConnection(connectionString);
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync(token).ConfigureAwait(false);
            await RequireServerAsync(connection, token).ConfigureAwait(false);

            // Held until the connection closes.
            await ExecuteAsync(connection, "SELECT pg_advisory_lock(@LockKey)", new { LockKey }, token)
                .ConfigureAwait(false);
            await ExecuteAsync(connection, LedgerSql, null, token).ConfigureAwait(false);
            var pending = await CheckAsync(connection, token).ConfigureAwait(false);
            foreach (var migration in pending)
            {
                await ApplyAsync(connection, migration, token).ConfigureAwait(false);
            }

            return pending.Count;
        }
    }

    private static async Task RequireServerAsync(NpgsqlConnection connection, CancellationToken token)
    {
        var version = await connection.ExecuteScalarAsync<int>(
            new CommandDefinition("SELECT current_setting('server_version_num')::int", cancellationToken: token))
            .ConfigureAwait(false);
        if (version < FirstSupportedVersion)
        {
            throw new DatabaseRefusedException(
                $"PostgreSQL {connection.PostgreSqlVersion} is too old: Recount needs PostgreSQL 15 or later.");
        }

        var known = await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = @RuntimeRole)",
            new { RuntimeRole },
            cancellationToken: token)).ConfigureAwait(false);
        if (!known)
        {
            throw new DatabaseRefusedException(
                $"The database server has no role '{RuntimeRole}'. Create it (CREATE ROLE {RuntimeRole} LOGIN PASSWORD "
                + "'…'), or without LOGIN and make the role of Database:ConnectionString a member of it.");
        }
    }

    private async Task<List<Migration>> CheckAsync(NpgsqlConnection connection, CancellationToken token)
    {
        var applied = (await connection.QueryAsync<Applied>(new CommandDefinition(
            "SELECT number, name, sha256 FROM recount.migration ORDER BY number", cancellationToken: token))
            .ConfigureAwait(false)).ToDictionary(row => row.Number);
        var known = migrations.ToDictionary(migration => migration.Number);
        foreach (var row in applied.Values)
        {
            if (!known.TryGetValue(row.Number, out var migration))
            {
                throw new DatabaseRefusedException(
                    $"The database has migration {row.Number:0000} ({row.Name}), which this build does not know. It was "
                    + "used by a newer build: run that one, or restore a backup from before.");
            }

            if (migration.Sha256 != row.Sha256)
            {
                throw new DatabaseRefusedException(
                    $"Migration {row.Number:0000} ({row.Name}) was applied with SHA-256 {row.Sha256}, this build has "
                    + $"{migration.Sha256}. An applied migration must never change: run the build that applied it.");
            }
        }

        return migrations.Where(migration => !applied.ContainsKey(migration.Number)).ToList();
    }

    private async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken token)
    {
        var transaction = await connection.BeginTransactionAsync(token).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            await ExecuteAsync(connection, migration.Sql, null, token).ConfigureAwait(false);
            const string record = """
                INSERT INTO recount.migration (number, name, sha256, applied_at)
                VALUES (@Number, @Name, @Sha256, @AppliedAt)
                """;
            var row = new { migration.Number, migration.Name, migration.Sha256, AppliedAt = time.GetUtcNow() };
            await ExecuteAsync(connection, record, row, token).ConfigureAwait(false);
            await transaction.CommitAsync(token).ConfigureAwait(false);
        }
    }

    private static async Task ExecuteAsync(
        NpgsqlConnection connection, string sql, object? parameters, CancellationToken token) =>
        await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: token))
            .ConfigureAwait(false);

    // What was applied must be readable before the first migration can be checked, so this is not one.
    private const string LedgerSql = """
        CREATE SCHEMA IF NOT EXISTS recount;
        CREATE TABLE IF NOT EXISTS recount.migration (
          number integer PRIMARY KEY,
          name text NOT NULL,
          sha256 text NOT NULL,
          applied_at timestamptz NOT NULL
        )
        """;

    private sealed record Applied(int Number, string Name, string Sha256);
}
