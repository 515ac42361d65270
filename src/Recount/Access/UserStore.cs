using Dapper;
using Microsoft.AspNetCore.Identity;
using Recount.Database;

namespace Recount.Access;

/// <summary>Users for ASP.NET Core Identity, in PostgreSQL.</summary>
public sealed class UserStore(Db db) :
    IUserPasswordStore<AppUser>, IUserSecurityStampStore<AppUser>, IUserLockoutStore<AppUser>
{
    internal const string InsertUser = """
        INSERT INTO recount.app_user (user_id, name, normalized_name, password_hash, security_stamp, lockout_end,
                                      lockout_enabled, access_failed_count, is_operator, created_at)
        VALUES (@UserId, @Name, @NormalizedName, @PasswordHash, @SecurityStamp, @LockoutEnd,
                @LockoutEnabled, @AccessFailedCount, @IsOperator, @CreatedAt)
        """;

    private const string Columns = """
        user_id AS userid, name, normalized_name AS normalizedname, password_hash AS passwordhash,
        security_stamp AS securitystamp, lockout_end AS lockoutend, lockout_enabled AS lockoutenabled,
        access_failed_count AS accessfailedcount, is_operator AS isoperator, created_at AS createdat
        """;

    public async Task<IdentityResult> CreateAsync(AppUser user, CancellationToken cancellationToken)
    {
        const string insert = $"{InsertUser} ON CONFLICT (normalized_name) DO NOTHING";
        return await ExecuteAsync(insert, user, cancellationToken) == 1
            ? IdentityResult.Success
            : IdentityResult.Failed(new IdentityErrorDescriber().DuplicateUserName(user.Name));
    }

    public async Task<IdentityResult> UpdateAsync(AppUser user, CancellationToken cancellationToken)
    {
        const string update = """
            UPDATE recount.app_user
            SET name = @Name, normalized_name = @NormalizedName, password_hash = @PasswordHash,
                security_stamp = @SecurityStamp, lockout_end = @LockoutEnd, lockout_enabled = @LockoutEnabled,
                access_failed_count = @AccessFailedCount
            WHERE user_id = @UserId
            """;
        await ExecuteAsync(update, user, cancellationToken);
        return IdentityResult.Success;
    }

    /// <summary>Users are named in the audit log and own sign-ins, so none is ever deleted.</summary>
    public Task<IdentityResult> DeleteAsync(AppUser user, CancellationToken cancellationToken) =>
        throw new NotSupportedException("A user is never deleted.");

    public Task<AppUser?> FindByIdAsync(string userId, CancellationToken cancellationToken) => FindAsync(
        $"SELECT {Columns} FROM recount.app_user WHERE user_id = @id::uuid", new { id = userId }, cancellationToken);

    public Task<AppUser?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => FindAsync(
        $"SELECT {Columns} FROM recount.app_user WHERE normalized_name = @name",
        new { name = normalizedUserName },
        cancellationToken);

    public Task<string> GetUserIdAsync(AppUser user, CancellationToken cancellationToken) =>
        Task.FromResult(user.UserId.ToString());

    public Task<string?> GetUserNameAsync(AppUser user, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(user.Name);

    public Task SetUserNameAsync(AppUser user, string? userName, CancellationToken cancellationToken) =>
        Done(() => user.Name = userName ?? "");

    public Task<string?> GetNormalizedUserNameAsync(AppUser user, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(user.NormalizedName);

    public Task SetNormalizedUserNameAsync(AppUser user, string? normalizedName, CancellationToken cancellationToken) =>
        Done(() => user.NormalizedName = normalizedName ?? "");

    public Task SetPasswordHashAsync(AppUser user, string? passwordHash, CancellationToken cancellationToken) =>
        Done(() => user.PasswordHash = passwordHash);

    public Task<string?> GetPasswordHashAsync(AppUser user, CancellationToken cancellationToken) =>
        Task.FromResult(user.PasswordHash);

    public Task<bool> HasPasswordAsync(AppUser user, CancellationToken cancellationToken) =>
        Task.FromResult(user.PasswordHash is not null);

    public Task SetSecurityStampAsync(AppUser user, string stamp, CancellationToken cancellationToken) =>
        Done(() => user.SecurityStamp = stamp);

    public Task<string?> GetSecurityStampAsync(AppUser user, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(user.SecurityStamp);

    public Task<DateTimeOffset?> GetLockoutEndDateAsync(AppUser user, CancellationToken cancellationToken) =>
        Task.FromResult(user.LockoutEnd);

    public Task SetLockoutEndDateAsync(
        AppUser user, DateTimeOffset? lockoutEnd, CancellationToken cancellationToken) =>
        Done(() => user.LockoutEnd = lockoutEnd?.ToUniversalTime());

    /// <summary>Counts in the database, so that racing attempts cannot count as one.</summary>
    public async Task<int> IncrementAccessFailedCountAsync(AppUser user, CancellationToken cancellationToken)
    {
        const string increment = """
            UPDATE recount.app_user SET access_failed_count = access_failed_count + 1
            WHERE user_id = @UserId
            RETURNING access_failed_count
            """;
        await using var connection = await db.OpenAsync(cancellationToken);
        user.AccessFailedCount = await connection.ExecuteScalarAsync<int>(
            new CommandDefinition(increment, new { user.UserId }, cancellationToken: cancellationToken));
        return user.AccessFailedCount;
    }

    public Task ResetAccessFailedCountAsync(AppUser user, CancellationToken cancellationToken) =>
        Done(() => user.AccessFailedCount = 0);

    public Task<int> GetAccessFailedCountAsync(AppUser user, CancellationToken cancellationToken) =>
        Task.FromResult(user.AccessFailedCount);

    public Task<bool> GetLockoutEnabledAsync(AppUser user, CancellationToken cancellationToken) =>
        Task.FromResult(user.LockoutEnabled);

    public Task SetLockoutEnabledAsync(AppUser user, bool enabled, CancellationToken cancellationToken) =>
        Done(() => user.LockoutEnabled = enabled);

    public void Dispose()
    {
    }

    private static Task Done(Action set)
    {
        set();
        return Task.CompletedTask;
    }

    private async Task<AppUser?> FindAsync(string sql, object parameters, CancellationToken token)
    {
        await using var connection = await db.OpenAsync(token);
        return await connection.QuerySingleOrDefaultAsync<AppUser>(
            new CommandDefinition(sql, parameters, cancellationToken: token));
    }

    private async Task<int> ExecuteAsync(string sql, AppUser user, CancellationToken token)
    {
        await using var connection = await db.OpenAsync(token);
        return await connection.ExecuteAsync(new CommandDefinition(sql, user, cancellationToken: token));
    }
}
