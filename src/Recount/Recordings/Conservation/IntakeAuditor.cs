using Npgsql;
using Recount.Capture.Intake;
using Recount.Database;

namespace Recount.Recordings.Conservation;

/// <summary>
/// Counts what was accepted, from the footers alone, and the sessions that the frames name. It is not the indexer and
/// shares no count with it: what the indexer loses is a difference.
/// </summary>
public sealed class IntakeAuditor(Db db, TimeProvider time)
{
    /// <param name="source">A closed object.</param>
    /// <param name="token">Ends the attempt; nothing of it then stays.</param>
    public async Task AuditAsync(IntakeObject source, CancellationToken token)
    {
        var footer = source.Footer ?? throw new ArgumentException("The object is open.", nameof(source));
        await using var connection = await db.OpenAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(token);
        if (await TryInsertAuditAsync(connection, source.Key, token))
        {
            await InsertAcceptedAsync(connection, source.Key, footer, token);
            await SeenSessionStore.InsertAsync(connection, source.Key, [.. source.Frames.Select(frame => frame.Head)], token);
            await transaction.CommitAsync(token);
        }
    }

    /// <returns>False when the object was counted before.</returns>
    private async Task<bool> TryInsertAuditAsync(NpgsqlConnection connection, IntakeKey key, CancellationToken token)
    {
        const string audit = """
            INSERT INTO recount.intake_audit (node, boot, n, audited_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
            """;
        await using var command = new NpgsqlCommand(audit, connection);
        AddKey(command, key);
        command.Parameters.Add(new() { Value = time.GetUtcNow() });
        return await command.ExecuteNonQueryAsync(token) == 1;
    }

    private static async Task InsertAcceptedAsync(
        NpgsqlConnection connection, IntakeKey key, IntakeFooter footer, CancellationToken token)
    {
        const string accepted = """
            INSERT INTO recount.intake_accepted (node, boot, n, account, hour, frames, bytes)
            SELECT $1, $2, $3, * FROM unnest($4, $5, $6, $7)
            """;
        await using var command = new NpgsqlCommand(accepted, connection);
        AddKey(command, key);
        command.Parameters.Add(new() { Value = footer.Counts.Select(count => footer.Accounts[count.Account]).ToArray() });
        command.Parameters.Add(new() { Value = footer.Counts.Select(count => count.Hour).ToArray() });
        command.Parameters.Add(new() { Value = footer.Counts.Select(count => count.Frames).ToArray() });
        command.Parameters.Add(new() { Value = footer.Counts.Select(count => count.Bytes).ToArray() });
        await command.ExecuteNonQueryAsync(token);
    }

    private static void AddKey(NpgsqlCommand command, IntakeKey key)
    {
        command.Parameters.Add(new() { Value = key.Node });
        command.Parameters.Add(new() { Value = key.Boot });
        command.Parameters.Add(new() { Value = key.N });
    }
}
