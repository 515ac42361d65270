using Dapper;
using Recount.Database;

namespace Recount.Access;

/// <summary>Tokens of programs. Only their hashes are kept.</summary>
public sealed class TokenStore(Db db, TimeProvider time)
{
    /// <summary>Tokens of the account, latest first, revoked ones included.</summary>
    public async Task<IReadOnlyList<ApiToken>> ListAsync(AccountAccess access, CancellationToken token)
    {
        const string tokensOfAccount = """
            SELECT token, name, role, prefix, created_at AS createdat, last_used_at AS lastusedat,
                   revoked_at AS revokedat
            FROM recount.api_token
            WHERE account = @Account
            ORDER BY created_at DESC, token
            """;
        await using var connection = await db.OpenAsync(token);
        var rows = await connection.QueryAsync<ApiToken>(
            new CommandDefinition(tokensOfAccount, new { access.Account }, cancellationToken: token));
        return rows.AsList();
    }

    /// <summary>Makes a token. Its role must not be above that of whoever makes it.</summary>
    /// <returns>The secret; it cannot be had again.</returns>
    public async Task<string> CreateAsync(AccountAccess by, string name, AccountRole role, CancellationToken token)
    {
        if (role > by.Role)
        {
            throw new ArgumentException($"A token of role {role} is above the role {by.Role}.", nameof(role));
        }

        const string insertToken = """
            INSERT INTO recount.api_token (token, account, name, role, prefix, hash, created_at)
            VALUES (@id, @Account, @name, @role, @prefix, @hash, @at)
            """;
        var (id, secret, at) = (Guid.NewGuid(), Secrets.NewApiToken(), time.GetUtcNow());
        var parameters = new
        {
            id, by.Account, name, role = Roles.ToText(role), prefix = secret[..Secrets.PrefixLength],
            hash = Secrets.Hash(secret), at,
        };
        await using var connection = await db.OpenAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(token);
        await connection.ExecuteAsync(
            new CommandDefinition(insertToken, parameters, transaction, cancellationToken: token));
        var detail = new { token = id, role = Roles.ToText(role) };
        await AuditStore.WriteAsync(transaction, by, at, "token.created", name, detail, token);
        await transaction.CommitAsync(token);
        return secret;
    }

    /// <returns>False when the account has no such token, or it was revoked before.</returns>
    public async Task<bool> RevokeAsync(AccountAccess by, Guid id, CancellationToken token)
    {
        const string revokeToken = """
            UPDATE recount.api_token SET revoked_at = @at
            WHERE account = @Account AND token = @id AND revoked_at IS NULL
            RETURNING name
            """;
        var at = time.GetUtcNow();
        await using var connection = await db.OpenAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(token);
        var name = await connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(
            revokeToken, new { by.Account, id, at }, transaction, cancellationToken: token));
        if (name is null)
        {
            return false;
        }

        await AuditStore.WriteAsync(transaction, by, at, "token.revoked", name, new { token = id }, token);
        await transaction.CommitAsync(token);
        return true;
    }

    /// <summary>Whom a secret stands for. The one query without an account: the secret is what names it.</summary>
    /// <returns>Null for a secret that nobody was given, or that was revoked.</returns>
    public async Task<AccountAccess?> IdentifyAsync(string secret, CancellationToken token)
    {
        const string tokenOfHash = """
            SELECT token, account, name, role FROM recount.api_token WHERE hash = @hash AND revoked_at IS NULL
            """;

        // To the minute: a program that asks all the time must not write all the time.
        const string noteUse = """
            UPDATE recount.api_token SET last_used_at = @at
            WHERE account = @Account AND token = @Token
              AND (last_used_at IS NULL OR last_used_at < @at - interval '1 minute')
            """;
        await using var connection = await db.OpenAsync(token);
        var found = await connection.QuerySingleOrDefaultAsync<TokenOwner>(
            new CommandDefinition(tokenOfHash, new { hash = Secrets.Hash(secret) }, cancellationToken: token));
        if (found is null)
        {
            return null;
        }

        await connection.ExecuteAsync(new CommandDefinition(
            noteUse, new { found.Account, found.Token, at = time.GetUtcNow() }, cancellationToken: token));
        return new AccountAccess(found.Account, found.Role, IsOperator: false, $"token:{found.Name}");
    }

    private sealed record TokenOwner(Guid Token, Guid Account, string Name, AccountRole Role);
}

/// <summary>A token as it may be shown.</summary>
/// <param name="Token">Its id, not its secret.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Role">What it may do in its account.</param>
/// <param name="Prefix">First characters of the secret.</param>
/// <param name="CreatedAt">Server time.</param>
/// <param name="LastUsedAt">To the minute; null when it never was.</param>
/// <param name="RevokedAt">Null while it is good.</param>
public sealed record ApiToken(
    Guid Token,
    string Name,
    AccountRole Role,
    string Prefix,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LastUsedAt,
    DateTimeOffset? RevokedAt);
