using Dapper;
using Recount.Database;

namespace Recount.Access;

/// <summary>
/// Gives back accounts and apps of which only recordings are left, because both the database and the saved keys are
/// gone. Their names are lost with those.
/// </summary>
public sealed class RecoveredAccounts(Db db, AccountStore accounts, TimeProvider time)
{
    private const string InsertAccount = """
        INSERT INTO recount.account (account, name, created_at) VALUES (@account, @name, @at) ON CONFLICT DO NOTHING
        """;

    private const string InsertApp = """
        INSERT INTO recount.app (account, app, name, origins, paused, recording, sample, privacy,
                                 chunk_interval_ms, chunk_bytes, created_at)
        VALUES (@account, @app, @name, '{}', false, @Recording, @Sample, @Privacy, @ChunkIntervalMs, @ChunkBytes, @at)
        ON CONFLICT DO NOTHING
        """;

    private const string InsertOwners = """
        -- Who owns the first account owns what was recovered beside it.
        INSERT INTO recount.member (account, user_id, role, created_at)
        SELECT @account, user_id, role, @at FROM recount.member WHERE account = @first AND role = 'owner'
        ON CONFLICT DO NOTHING
        """;

    /// <param name="owners">Accounts and apps that recordings name.</param>
    /// <param name="token">Ends the work.</param>
    /// <returns>Accounts that were not there.</returns>
    public async Task<int> EnsureAsync(IEnumerable<(Guid Account, Guid App)> owners, CancellationToken token)
    {
        var first = await accounts.FirstAsync(token);
        await using var connection = await db.OpenAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(token);
        var recovered = 0;
        foreach (var (account, app) in owners)
        {
            var at = time.GetUtcNow();
            recovered += await ExecuteAsync(InsertAccount, new { account, name = $"Recovered {account:D}"[..18], at });
            await ExecuteAsync(InsertOwners, new { account, first, at });
            var settings = AppSettings.Default;
            await ExecuteAsync(InsertApp, new
            {
                account, app, name = $"Recovered {app:D}"[..18], at, settings.Recording, settings.Sample, settings.Privacy,
                settings.ChunkIntervalMs, settings.ChunkBytes,
            });
        }

        await transaction.CommitAsync(token);
        return recovered;

        Task<int> ExecuteAsync(string sql, object parameters) =>
            connection.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: token));
    }
}
