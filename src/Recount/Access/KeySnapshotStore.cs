using System.Collections.Immutable;
using System.Data;
using Dapper;
using Npgsql;
using Recount.Database;

namespace Recount.Access;

/// <summary>Reads the key snapshot from the database, and gives a new database what the saved one holds.</summary>
public sealed class KeySnapshotStore(Db db, TimeProvider time)
{
    /// <summary>Channel that is notified when a version was counted.</summary>
    public const string Channel = "recount_keys";

    private const string DefaultAccountName = "Default";

    // "accounts" in ASCII: nobody else may be deciding that the database has no account yet.
    private const long FirstAccountLock = 0x6163_636f_756e_7473;

    /// <summary>Which database this is and what it counted last.</summary>
    public static async Task<(Guid Database, long Version)> VersionAsync(
        NpgsqlConnection connection, CancellationToken token)
    {
        const string latestVersion = "SELECT database, version FROM recount.key_snapshot";
        return await connection.QuerySingleAsync<(Guid, long)>(
            new CommandDefinition(latestVersion, commandTimeout: 5, cancellationToken: token));
    }

    /// <summary>Everything at one version: the statements see one state of the database.</summary>
    public static async Task<KeySnapshotContent> ReadAsync(NpgsqlConnection connection, CancellationToken token)
    {
        const string accounts = "SELECT account, name, created_at AS createdat FROM recount.account ORDER BY account";
        const string apps = $"SELECT {AppStore.Columns} FROM recount.app ORDER BY account, app";
        const string keys = """
            SELECT key, account, app, created_at AS createdat, retires_at AS retiresat
            FROM recount.capture_key
            ORDER BY key
            """;
        const string screened = "SELECT account FROM recount.capture_screening ORDER BY account";
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, token);
        var (database, version) = await VersionAsync(connection, token);
        var content = new KeySnapshotContent
        {
            Database = database,
            Version = version,
            Accounts = [.. await RowsAsync<AccountRow>(accounts)],
            Apps = [.. (await RowsAsync<AppStore.AppRecord>(apps)).Select(row => row.ToRow())],
            Keys = [.. await RowsAsync<CaptureKeyRow>(keys)],
            Screened = [.. await RowsAsync<Guid>(screened)],
        };
        await transaction.CommitAsync(token);
        return content;

        Task<IEnumerable<T>> RowsAsync<T>(string sql) => connection.QueryAsync<T>(
            new CommandDefinition(sql, transaction: transaction, commandTimeout: 30, cancellationToken: token));
    }

    /// <summary>
    /// Gives a database without accounts those of the saved snapshot with their apps and keys, under the ids they had,
    /// so that recordings made before the database was lost keep their owner. A database that has an account is left
    /// as it is.
    /// </summary>
    /// <returns>True when the accounts were restored.</returns>
    public async Task<bool> SeedFromSnapshotAsync(KeySnapshotContent content, CancellationToken token)
    {
        if (content.Accounts.IsEmpty)
        {
            return false;
        }

        return await IfNoAccountAsync(
            async transaction =>
            {
                await InsertAsync(transaction, content, token);
                foreach (var account in content.Accounts)
                {
                    var detail = new { content.Version, from_database = content.Database };
                    await AuditStore.WriteAsync(
                        transaction, AccountAccess.System(account.Account), time.GetUtcNow(),
                        "account.restored", account.Name, detail, token);
                }
            },
            token);
    }

    /// <summary>Makes the account that an installation has from its first start.</summary>
    public Task<bool> EnsureDefaultAccountAsync(CancellationToken token) => IfNoAccountAsync(
        async transaction =>
        {
            var account = new AccountRow(Guid.NewGuid(), DefaultAccountName, time.GetUtcNow());
            await transaction.Connection!.ExecuteAsync(
                new CommandDefinition(InsertAccount, account, transaction, cancellationToken: token));
            await AuditStore.WriteAsync(
                transaction, AccountAccess.System(account.Account), account.CreatedAt,
                "account.created", account.Name, new { account.Account }, token);
        },
        token);

    private async Task<bool> IfNoAccountAsync(Func<NpgsqlTransaction, Task> act, CancellationToken token)
    {
        const string lockFirstAccount = "SELECT pg_advisory_xact_lock(@FirstAccountLock)";
        const string anyAccount = "SELECT EXISTS (SELECT FROM recount.account)";
        await using var connection = await db.OpenAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(token);
        await connection.ExecuteAsync(new CommandDefinition(
            lockFirstAccount, new { FirstAccountLock }, transaction, cancellationToken: token));
        if (await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(anyAccount, transaction: transaction, cancellationToken: token)))
        {
            return false;
        }

        await act(transaction);
        await transaction.CommitAsync(token);
        return true;
    }

    private static async Task InsertAsync(
        NpgsqlTransaction transaction, KeySnapshotContent content, CancellationToken token)
    {
        const string insertApp = """
            INSERT INTO recount.app (account, app, name, origins, paused, recording, sample, privacy,
                                     chunk_interval_ms, chunk_bytes, created_at)
            VALUES (@Account, @App, @Name, @origins, @Paused, @Recording, @Sample, @Privacy,
                    @ChunkIntervalMs, @ChunkBytes, @CreatedAt)
            """;
        const string insertKey = """
            INSERT INTO recount.capture_key (key, account, app, created_at, retires_at)
            VALUES (@Key, @Account, @App, @CreatedAt, @RetiresAt)
            """;

        // Above what the lost database counted, so that no node takes the restored keys for older ones.
        const string countOn = "UPDATE recount.key_snapshot SET version = greatest(version, @Version + 1)";
        await ExecuteAsync(InsertAccount, content.Accounts);
        await ExecuteAsync(insertApp, content.Apps.Select(app => new
        {
            app.Account, app.App, app.Name, origins = app.Origins.ToArray(), app.Paused, app.Settings.Recording,
            app.Settings.Sample, app.Settings.Privacy, app.Settings.ChunkIntervalMs, app.Settings.ChunkBytes,
            app.CreatedAt,
        }));
        await ExecuteAsync(insertKey, content.Keys);
        await ExecuteAsync(countOn, new { content.Version });

        Task ExecuteAsync(string sql, object parameters) => transaction.Connection!.ExecuteAsync(
            new CommandDefinition(sql, parameters, transaction, cancellationToken: token));
    }

    private const string InsertAccount =
        "INSERT INTO recount.account (account, name, created_at) VALUES (@Account, @Name, @CreatedAt)";
}
