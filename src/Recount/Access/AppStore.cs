using System.Collections.Immutable;
using Dapper;
using Npgsql;
using Recount.Database;

namespace Recount.Access;

/// <summary>Apps and their capture keys. Every statement carries the account of whoever asks.</summary>
public sealed class AppStore(Db db, TimeProvider time)
{
    internal const string Columns = """
        account, app, name, origins, paused, recording, sample, privacy,
        chunk_interval_ms AS chunkintervalms, chunk_bytes AS chunkbytes, created_at AS createdat
        """;

    /// <summary>Apps of the account by name.</summary>
    public async Task<IReadOnlyList<AppRow>> ListAsync(AccountAccess access, CancellationToken token)
    {
        const string appsOfAccount =
            $"SELECT {Columns} FROM recount.app WHERE account = @Account ORDER BY lower(name)";
        await using var connection = await db.OpenAsync(token);
        var rows = await connection.QueryAsync<AppRecord>(
            new CommandDefinition(appsOfAccount, new { access.Account }, cancellationToken: token));
        return rows.Select(row => row.ToRow()).ToList();
    }

    /// <returns>Null when the account has no such app.</returns>
    public async Task<AppRow?> FindAsync(AccountAccess access, Guid app, CancellationToken token)
    {
        const string appOfAccount = $"SELECT {Columns} FROM recount.app WHERE account = @Account AND app = @app";
        await using var connection = await db.OpenAsync(token);
        var row = await connection.QuerySingleOrDefaultAsync<AppRecord>(
            new CommandDefinition(appOfAccount, new { access.Account, app }, cancellationToken: token));
        return row?.ToRow();
    }

    /// <summary>Keys of one app, the one in use first, then the rotated ones, latest first.</summary>
    public async Task<IReadOnlyList<CaptureKeyRow>> KeysAsync(AccountAccess access, Guid app, CancellationToken token)
    {
        const string keysOfApp = """
            SELECT key, account, app, created_at AS createdat, retires_at AS retiresat
            FROM recount.capture_key
            WHERE account = @Account AND app = @app
            ORDER BY retires_at DESC NULLS FIRST, created_at DESC
            """;
        await using var connection = await db.OpenAsync(token);
        var rows = await connection.QueryAsync<CaptureKeyRow>(
            new CommandDefinition(keysOfApp, new { access.Account, app }, cancellationToken: token));
        return rows.AsList();
    }

    /// <returns>Null when the account has an app of that name.</returns>
    public async Task<KeyChange?> CreateAsync(
        AccountAccess by, string name, IReadOnlyList<string> origins, CancellationToken token)
    {
        const string insertApp = """
            INSERT INTO recount.app (account, app, name, origins, paused, recording, sample, privacy,
                                     chunk_interval_ms, chunk_bytes, created_at)
            VALUES (@Account, @app, @name, @origins, false, @Recording, @Sample, @Privacy,
                    @ChunkIntervalMs, @ChunkBytes, @at)
            ON CONFLICT (account, lower(name)) DO NOTHING
            """;
        var (app, at, settings) = (Guid.NewGuid(), time.GetUtcNow(), AppSettings.Default);
        await using var connection = await db.OpenAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(token);
        var inserted = await connection.ExecuteAsync(new CommandDefinition(
            insertApp,
            new
            {
                by.Account, app, name, origins = origins.ToArray(), settings.Recording, settings.Sample,
                settings.Privacy, settings.ChunkIntervalMs, settings.ChunkBytes, at,
            },
            transaction,
            cancellationToken: token));
        if (inserted == 0)
        {
            return null;
        }

        var key = await InsertKeyAsync(transaction, by.Account, app, at, token);
        await AuditStore.WriteAsync(transaction, by, at, "app.created", name, new { app, origins }, token);
        return await CommitAsync(transaction, app, key, token);
    }

    /// <summary>Gives the app a new key; the ones before it are taken for the overlap and no longer.</summary>
    /// <returns>Null when the account has no such app.</returns>
    public async Task<KeyChange?> RotateAsync(AccountAccess by, Guid app, TimeSpan overlap, CancellationToken token)
    {
        // The row's lock keeps two rotations from leaving two keys in use.
        const string lockApp = "SELECT name FROM recount.app WHERE account = @Account AND app = @app FOR UPDATE";
        const string retireKeys = """
            UPDATE recount.capture_key
            SET retires_at = @retires
            WHERE account = @Account AND app = @app AND (retires_at IS NULL OR retires_at > @retires)
            """;
        var at = time.GetUtcNow();
        var parameters = new { by.Account, app, retires = at + overlap };
        await using var connection = await db.OpenAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(token);
        var name = await connection.QuerySingleOrDefaultAsync<string>(
            new CommandDefinition(lockApp, parameters, transaction, cancellationToken: token));
        if (name is null)
        {
            return null;
        }

        await connection.ExecuteAsync(
            new CommandDefinition(retireKeys, parameters, transaction, cancellationToken: token));
        var key = await InsertKeyAsync(transaction, by.Account, app, at, token);
        var detail = new { app, retires_at = at + overlap };
        await AuditStore.WriteAsync(transaction, by, at, "key.rotated", name, detail, token);
        return await CommitAsync(transaction, app, key, token);
    }

    /// <summary>Changes what an app takes and asks of its SDKs.</summary>
    /// <returns>Null when the account has no such app.</returns>
    public async Task<KeyChange?> ChangeAsync(AccountAccess by, Guid app, AppChange change, CancellationToken token)
    {
        const string updateApp = """
            UPDATE recount.app
            SET origins = @origins, paused = @Paused, recording = @Recording, sample = @Sample, privacy = @Privacy
            WHERE account = @Account AND app = @app
            RETURNING name
            """;
        await using var connection = await db.OpenAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(token);
        var parameters = new
        {
            by.Account, app, origins = change.Origins.ToArray(), change.Paused, change.Recording, change.Sample,
            change.Privacy,
        };
        var name = await connection.QuerySingleOrDefaultAsync<string>(
            new CommandDefinition(updateApp, parameters, transaction, cancellationToken: token));
        if (name is null)
        {
            return null;
        }

        await AuditStore.WriteAsync(transaction, by, time.GetUtcNow(), "app.changed", name, change, token);
        return await CommitAsync(transaction, app, null, token);
    }

    private static async Task<string> InsertKeyAsync(
        NpgsqlTransaction transaction, Guid account, Guid app, DateTimeOffset at, CancellationToken token)
    {
        const string insertKey = """
            INSERT INTO recount.capture_key (key, account, app, created_at) VALUES (@key, @account, @app, @at)
            """;
        var key = Secrets.NewCaptureKey();
        await transaction.Connection!.ExecuteAsync(new CommandDefinition(
            insertKey, new { key, account, app, at }, transaction, cancellationToken: token));
        return key;
    }

    private static async Task<KeyChange> CommitAsync(
        NpgsqlTransaction transaction, Guid app, string? key, CancellationToken token)
    {
        const string versionOfThisChange = "SELECT version FROM recount.key_snapshot";
        var version = await transaction.Connection!.ExecuteScalarAsync<long>(
            new CommandDefinition(versionOfThisChange, transaction: transaction, cancellationToken: token));
        await transaction.CommitAsync(token);
        return new KeyChange(app, key, version);
    }

    /// <summary>A row as Dapper reads it: by property, because it has no name for an array among parameters.</summary>
    internal sealed record AppRecord
    {
        public Guid Account { get; init; }

        public Guid App { get; init; }

        public string Name { get; init; } = "";

        public string[] Origins { get; init; } = [];

        public bool Paused { get; init; }

        public bool Recording { get; init; }

        public double Sample { get; init; }

        public string? Privacy { get; init; }

        public int ChunkIntervalMs { get; init; }

        public int ChunkBytes { get; init; }

        public DateTimeOffset CreatedAt { get; init; }

        public AppRow ToRow() => new(
            Account, App, Name, [.. Origins], Paused,
            new AppSettings(Recording, Sample, Privacy, ChunkIntervalMs, ChunkBytes), CreatedAt);
    }
}

/// <summary>What a change of apps or keys led to.</summary>
/// <param name="App">The app.</param>
/// <param name="Key">Its new key; null when the keys stayed.</param>
/// <param name="Version">Version of the key snapshot that holds the change.</param>
public sealed record KeyChange(Guid App, string? Key, long Version);

/// <summary>What of an app can be changed; see <see cref="AppSettings"/> and <see cref="CaptureKey"/>.</summary>
public sealed record AppChange(
    ImmutableArray<string> Origins, bool Paused, bool Recording, double Sample, string? Privacy);
