using System.Text.Json;
using Dapper;
using Npgsql;
using Recount.Database;

namespace Recount.Access;

/// <summary>The insert-only record of who changed what.</summary>
public sealed class AuditStore(Db db)
{
    /// <summary>Entries of one account, latest first.</summary>
    /// <param name="access">Who asks; the account is theirs.</param>
    /// <param name="before">Only entries older than this one; null begins with the latest.</param>
    /// <param name="limit">At most so many, 1 to 500.</param>
    /// <param name="token">Ends the query.</param>
    public async Task<IReadOnlyList<AuditEntry>> ListAsync(
        AccountAccess access, long? before, int limit, CancellationToken token)
    {
        const string entriesOfAccount = """
            SELECT entry, at, actor, action, subject, detail::text AS detail
            FROM recount.audit_entry
            WHERE account = @Account AND (@before::bigint IS NULL OR entry < @before)
            ORDER BY entry DESC
            LIMIT @limit
            """;
        await using var connection = await db.OpenAsync(token);
        var rows = await connection.QueryAsync<AuditEntry>(new CommandDefinition(
            entriesOfAccount, new { access.Account, before, limit }, cancellationToken: token));
        return rows.AsList();
    }

    /// <summary>
    /// Writes an entry in the transaction of the change it tells of: neither is there without the other.
    /// </summary>
    public static Task WriteAsync(
        NpgsqlTransaction transaction,
        AccountAccess by,
        DateTimeOffset at,
        string action,
        string subject,
        object detail,
        CancellationToken token)
    {
        const string insertEntry = """
            INSERT INTO recount.audit_entry (at, account, actor, action, subject, detail)
            VALUES (@at, @Account, @Actor, @action, @subject, @detail::jsonb)
            """;
        var parameters = new
        {
            at, by.Account, by.Actor, action, subject,
            detail = JsonSerializer.Serialize(detail, JsonSerializerOptions.Web),
        };
        return transaction.Connection!.ExecuteAsync(
            new CommandDefinition(insertEntry, parameters, transaction, cancellationToken: token));
    }
}

/// <summary>One change.</summary>
/// <param name="Entry">Order of writing.</param>
/// <param name="At">Server time.</param>
/// <param name="Actor">See <see cref="AccountAccess.Actor"/>.</param>
/// <param name="Action">What was done, <c>thing.verb</c>.</param>
/// <param name="Subject">Name of what it was done to.</param>
/// <param name="Detail">What else is worth knowing, as a JSON object.</param>
public sealed record AuditEntry(
    long Entry, DateTimeOffset At, string Actor, string Action, string Subject, string Detail);
