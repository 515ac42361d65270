using Dapper;
using Recount.Database;

namespace Recount.Access;

/// <summary>Accounts, the tenants of an installation.</summary>
public sealed class AccountStore(Db db, KeySnapshotWorker snapshot)
{
    /// <summary>The account an installation has from its first start; what the CLI works on.</summary>
    public async Task<Guid> FirstAsync(CancellationToken token)
    {
        const string firstAccount = "SELECT account FROM recount.account ORDER BY created_at, account LIMIT 1";

        // A command given while the first start is still under way waits for the account instead of failing.
        await snapshot.WaitUntilPreparedAsync(token);
        await using var connection = await db.OpenAsync(token);
        return await connection.QuerySingleAsync<Guid>(new CommandDefinition(firstAccount, cancellationToken: token));
    }

    /// <summary>Name of the account of whoever asks.</summary>
    public async Task<string> NameAsync(AccountAccess access, CancellationToken token)
    {
        const string nameOfAccount = "SELECT name FROM recount.account WHERE account = @Account";
        await using var connection = await db.OpenAsync(token);
        return await connection.QuerySingleAsync<string>(
            new CommandDefinition(nameOfAccount, new { access.Account }, cancellationToken: token));
    }
}
