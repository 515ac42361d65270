using Dapper;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Recount.Database;
using Recount.Primitives;

namespace Recount.Access;

/// <summary>
/// Makes the first owner. The link is random for each start of the process, so that one that leaked into a log is worth
/// nothing later; looking at it (a preview, a scanner) does not spend it, only the form does.
/// </summary>
public sealed class FirstRun(
    Db db, IServiceScopeFactory scopes, Site site, IOptions<AccessOptions> options, TimeProvider time)
{
    /// <summary>Address of the page, without the token.</summary>
    public const string Path = "/first-run";

    // "owner" in ASCII: two forms sent at once make one owner.
    private const long FirstOwnerLock = 0x6f77_6e65_72;
    private readonly string linkToken = Secrets.NewLinkToken();
    private readonly long startedAt = time.GetTimestamp();
    private volatile bool spent;

    /// <summary>Where the owner sets a name and a password; waits for the database.</summary>
    /// <returns>Null when there is an owner, or the link's time has passed.</returns>
    public async Task<string?> LinkAsync(CancellationToken token)
    {
        await db.WaitUntilReadyAsync(token);
        return await CanSpendAsync(linkToken, token) ? new Uri(site.Address, $"{Path}?token={linkToken}").ToString() : null;
    }

    /// <summary>True while nobody is an owner: then nobody can sign in.</summary>
    public async Task<bool> IsDueAsync(CancellationToken token)
    {
        if (spent)
        {
            return false;
        }

        await using var connection = await db.OpenAsync(token);
        return !await connection.ExecuteScalarAsync<bool>(new CommandDefinition(AnyOwner, cancellationToken: token));
    }

    /// <summary>True when the token is this process's, its time has not passed and there is no owner.</summary>
    public async Task<bool> CanSpendAsync(string? candidate, CancellationToken token)
    {
        if (!IsGood(candidate))
        {
            return false;
        }

        await using var connection = await db.OpenAsync(token);
        return !await connection.ExecuteScalarAsync<bool>(new CommandDefinition(AnyOwner, cancellationToken: token));
    }

    /// <summary>Makes the owner, who is also the installation's operator, of the first account.</summary>
    public async Task<FirstRunOutcome> SpendAsync(
        string? candidate, string name, string password, CancellationToken token)
    {
        if (!IsGood(candidate))
        {
            return new FirstRunOutcome(null, []);
        }

        using var scope = scopes.CreateScope();
        var manager = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        var user = new AppUser
        {
            Name = name,
            NormalizedName = manager.NormalizeName(name) ?? "",
            SecurityStamp = Guid.NewGuid().ToString("N"),
            LockoutEnabled = true,
            IsOperator = true,
            CreatedAt = time.GetUtcNow(),
        };
        var errors = await CheckAsync(manager, user, password);
        if (errors.Count > 0)
        {
            return new FirstRunOutcome(null, errors);
        }

        user.PasswordHash = manager.PasswordHasher.HashPassword(user, password);
        if (!await InsertOwnerAsync(user, token))
        {
            return new FirstRunOutcome(null, []);
        }

        spent = true;
        return new FirstRunOutcome(user, []);
    }

    private const string AnyOwner = "SELECT EXISTS (SELECT FROM recount.member WHERE role = 'owner')";

    private bool IsGood(string? candidate) =>
        !spent
        && candidate is not null
        && Secrets.AreEqual(candidate, linkToken)
        && time.GetElapsedTime(startedAt) <= options.Value.FirstRunLifetime;

    private static async Task<List<string>> CheckAsync(UserManager<AppUser> manager, AppUser user, string password)
    {
        var errors = new List<string>();
        if (!Names.IsGood(user.Name))
        {
            errors.Add(Names.Rule);
        }

        foreach (var validator in manager.PasswordValidators)
        {
            var result = await validator.ValidateAsync(manager, user, password);
            errors.AddRange(result.Errors.Select(error => error.Description));
        }

        return errors;
    }

    private async Task<bool> InsertOwnerAsync(AppUser user, CancellationToken token)
    {
        const string lockFirstOwner = "SELECT pg_advisory_xact_lock(@FirstOwnerLock)";
        const string insertMember = """
            INSERT INTO recount.member (account, user_id, role, created_at)
            SELECT account, @UserId, 'owner', @CreatedAt FROM recount.account
            ORDER BY created_at, account
            LIMIT 1
            RETURNING account
            """;
        await using var connection = await db.OpenAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(token);
        await connection.ExecuteAsync(new CommandDefinition(
            lockFirstOwner, new { FirstOwnerLock }, transaction, cancellationToken: token));
        if (await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(AnyOwner, transaction: transaction, cancellationToken: token)))
        {
            return false;
        }

        await connection.ExecuteAsync(
            new CommandDefinition(UserStore.InsertUser, user, transaction, cancellationToken: token));
        var account = await connection.QuerySingleAsync<Guid>(
            new CommandDefinition(insertMember, user, transaction, cancellationToken: token));
        await AuditStore.WriteAsync(
            transaction, AccountAccess.System(account), user.CreatedAt, "owner.created", user.Name,
            new { user = user.UserId }, token);
        await transaction.CommitAsync(token);
        return true;
    }
}

/// <summary>What became of the first-run form.</summary>
/// <param name="Owner">The owner; null when none was made.</param>
/// <param name="Errors">What is wrong with the name or the password; empty together with no owner when the link is
/// not good any more.</param>
public sealed record FirstRunOutcome(AppUser? Owner, IReadOnlyList<string> Errors);
