using Dapper;
using Recount.Database;

namespace Recount.Access;

/// <summary>Sign-ins of browsers. They are rows, so that signing out ends a copied cookie too.</summary>
public sealed class SignInStore(Db db, TimeProvider time)
{
    /// <summary>Begins a sign-in in the first account that the user belongs to.</summary>
    /// <returns>Null when the user belongs to none.</returns>
    public async Task<Guid?> BeginAsync(AppUser user, CancellationToken token)
    {
        const string insertSignIn = """
            INSERT INTO recount.sign_in (sign_in, account, user_id, created_at)
            SELECT @signIn, account, user_id, @at FROM recount.member
            WHERE user_id = @UserId
            ORDER BY created_at, account
            LIMIT 1
            """;
        var signIn = Guid.NewGuid();
        await using var connection = await db.OpenAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(token);
        var parameters = new { signIn, user.UserId, at = time.GetUtcNow() };
        var begun = await connection.ExecuteAsync(
            new CommandDefinition(insertSignIn, parameters, transaction, cancellationToken: token));
        if (begun == 0)
        {
            return null;
        }

        const string whose = "SELECT account FROM recount.sign_in WHERE sign_in = @signIn";
        var account = await connection.ExecuteScalarAsync<Guid>(
            new CommandDefinition(whose, parameters, transaction, cancellationToken: token));
        var by = new AccountAccess(account, AccountRole.Viewer, false, ActorOf(user.Name));
        await AuditStore.WriteAsync(
            transaction, by, parameters.at, "user.signed_in", user.Name, new { sign_in = signIn }, token);
        await transaction.CommitAsync(token);
        return signIn;
    }

    /// <summary>Whom a sign-in stands for now: role and operator right are those of this moment.</summary>
    /// <returns>Null when it was ended, the password changed, or the user left the account.</returns>
    public async Task<AccountAccess?> IdentifyAsync(Guid signIn, string securityStamp, CancellationToken token)
    {
        const string memberOfSignIn = """
            SELECT s.account, m.role, u.is_operator AS isoperator, u.name
            FROM recount.sign_in s
            JOIN recount.app_user u ON u.user_id = s.user_id
            JOIN recount.member m ON m.account = s.account AND m.user_id = s.user_id
            WHERE s.sign_in = @signIn AND s.ended_at IS NULL AND u.security_stamp = @securityStamp
            """;
        await using var connection = await db.OpenAsync(token);
        var row = await connection.QuerySingleOrDefaultAsync<SignedIn>(new CommandDefinition(
            memberOfSignIn, new { signIn, securityStamp }, cancellationToken: token));
        return row is null
            ? null
            : new AccountAccess(row.Account, row.Role, row.IsOperator, ActorOf(row.Name), signIn);
    }

    /// <summary>True while a sign-in of the account lasts; what was lent to it (a stage token) dies with it.</summary>
    public async Task<bool> LastsAsync(Guid account, Guid signIn, CancellationToken token)
    {
        const string signInLasts = """
            SELECT EXISTS (SELECT FROM recount.sign_in
                           WHERE account = @account AND sign_in = @signIn AND ended_at IS NULL)
            """;
        await using var connection = await db.OpenAsync(token);
        return await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(signInLasts, new { account, signIn }, cancellationToken: token));
    }

    public async Task EndAsync(AccountAccess access, CancellationToken token)
    {
        const string endSignIn = """
            UPDATE recount.sign_in SET ended_at = @at
            WHERE account = @Account AND sign_in = @SignIn AND ended_at IS NULL
            """;
        await using var connection = await db.OpenAsync(token);
        await connection.ExecuteAsync(new CommandDefinition(
            endSignIn, new { access.Account, access.SignIn, at = time.GetUtcNow() }, cancellationToken: token));
    }

    /// <summary>Ends every sign-in of a user: the password changed, and who had the old one may hold a cookie.</summary>
    public async Task EndAllAsync(AccountAccess by, AppUser user, CancellationToken token)
    {
        const string endSignIns = """
            UPDATE recount.sign_in SET ended_at = @at WHERE user_id = @UserId AND ended_at IS NULL
            """;
        var at = time.GetUtcNow();
        await using var connection = await db.OpenAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(token);
        var ended = await connection.ExecuteAsync(
            new CommandDefinition(endSignIns, new { user.UserId, at }, transaction, cancellationToken: token));
        await AuditStore.WriteAsync(transaction, by, at, "user.password_changed", user.Name, new { ended }, token);
        await transaction.CommitAsync(token);
    }

    /// <returns>The user's name behind an actor of the audit log; null for a program.</returns>
    public static string? UserOf(string actor) =>
        actor.StartsWith(UserPrefix, StringComparison.Ordinal) ? actor[UserPrefix.Length..] : null;

    internal static string ActorOf(string name) => UserPrefix + name;

    private const string UserPrefix = "user:";

    private sealed record SignedIn(Guid Account, AccountRole Role, bool IsOperator, string Name);
}
