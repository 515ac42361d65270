using Npgsql;
using NpgsqlTypes;
using Recount.Capture.Intake;
using Recount.Primitives;

namespace Recount.Recordings.Quarantine;

/// <summary>Rows of quarantined frames.</summary>
public sealed class QuarantineStore(TimeProvider time)
{
    private const string Insert = """
        -- The first judgement of a frame stays.
        INSERT INTO recount.quarantine
          (node, boot, n, frame, account, session, page, seq, reason, detail, received_hash, received_bytes,
           received_at, quarantined_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        ON CONFLICT DO NOTHING
        """;

    /// <returns>False when the frame was quarantined before.</returns>
    public async Task<bool> InsertAsync(NpgsqlConnection connection, QuarantinedFrame frame, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Insert, connection);
        command.Parameters.Add(new() { Value = frame.Address.Node });
        command.Parameters.Add(new() { Value = frame.Address.Boot });
        command.Parameters.Add(new() { Value = frame.Address.N });
        command.Parameters.Add(new() { Value = frame.Address.Frame });
        command.Parameters.Add(new() { Value = frame.Account });
        command.Parameters.Add(Nullable(frame.Head?.Chunk.Session, NpgsqlDbType.Uuid));
        command.Parameters.Add(Nullable(frame.Head?.Chunk.Page, NpgsqlDbType.Uuid));
        command.Parameters.Add(Nullable(frame.Head?.Chunk.Seq, NpgsqlDbType.Integer));
        command.Parameters.Add(new() { Value = frame.Reason });
        command.Parameters.Add(new() { Value = frame.Detail });
        command.Parameters.Add(Nullable(frame.Head?.ReceivedHash.ToArray(), NpgsqlDbType.Bytea));
        command.Parameters.Add(new() { Value = (long)frame.Bytes.Length });
        command.Parameters.Add(new() { Value = NodeClock.FromMicros(frame.ReceivedAtMicros) });
        command.Parameters.Add(new() { Value = time.GetUtcNow() });
        return await command.ExecuteNonQueryAsync(token).ConfigureAwait(false) == 1;
    }

    /// <summary>
    /// Lets capture check the account's chunks before it acknowledges them, while half of its budget is in use: what a
    /// broken client sends is then refused instead of kept.
    /// </summary>
    public async Task ScreenAsync(
        NpgsqlConnection connection, IReadOnlyCollection<Guid> accounts, ByteSize budget, CancellationToken token)
    {
        const string screen = """
            INSERT INTO recount.capture_screening (account, since)
            SELECT account, $3 FROM recount.quarantine q
            WHERE account = ANY ($1) AND EXISTS (SELECT FROM recount.account a WHERE a.account = q.account)
            GROUP BY account HAVING sum(received_bytes) >= $2
            ON CONFLICT DO NOTHING
            """;
        await using var command = new NpgsqlCommand(screen, connection)
        {
            Parameters =
            {
                new() { Value = accounts.ToArray() },
                new() { Value = (decimal)(budget.Bytes / 2) },
                new() { Value = time.GetUtcNow() },
            },
        };
        await command.ExecuteNonQueryAsync(token).ConfigureAwait(false);
    }

    private static NpgsqlParameter Nullable(object? value, NpgsqlDbType type) =>
        new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}
