using Npgsql;
using Recount.Capture.Intake;
using Recount.Wire;

namespace Recount.Recordings.Index;

/// <summary>Rows that the index writes beside the working index.</summary>
public sealed class IndexStore(TimeProvider time)
{
    /// <returns>False when the object is indexed: then nothing is done.</returns>
    public async Task<bool> TryTakeObjectAsync(
        NpgsqlConnection connection, IntakeKey key, int frames, CancellationToken token)
    {
        const string take = """
            INSERT INTO recount.intake_object (node, boot, n, frames, indexed_at)
            VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT DO NOTHING
            """;
        await using var command = new NpgsqlCommand(take, connection)
        {
            Parameters =
            {
                new() { Value = key.Node },
                new() { Value = key.Boot },
                new() { Value = key.N },
                new() { Value = frames },
                new() { Value = time.GetUtcNow() },
            },
        };
        return await command.ExecuteNonQueryAsync(token).ConfigureAwait(false) == 1;
    }

    /// <summary>Makes sure that each session is there; it belongs to the app and write key of its first chunk.</summary>
    public static async Task InsertSessionsAsync(
        NpgsqlConnection connection, IReadOnlyList<IntakeFrameHead> heads, CancellationToken token)
    {
        const string insert = """
            -- The first chunk of a session says whose it is; in order, so that two indexers cannot wait for each other.
            INSERT INTO recount.session (account, session, app, write_key_hash, first_received_at)
            SELECT DISTINCT ON (account, session) account, session, app, write_key_hash, received_at
            FROM unnest($1, $2, $3, $4, $5) AS row (account, session, app, write_key_hash, received_at)
            ORDER BY account, session, received_at
            ON CONFLICT DO NOTHING
            """;
        await using var command = new NpgsqlCommand(insert, connection)
        {
            Parameters =
            {
                new() { Value = heads.Select(head => head.Account).ToArray() },
                new() { Value = heads.Select(head => head.Chunk.Session).ToArray() },
                new() { Value = heads.Select(head => head.App).ToArray() },
                new() { Value = heads.Select(head => head.WriteKeyHash.ToArray()).ToArray() },
                new() { Value = heads.Select(ReceivedAt).ToArray() },
            },
        };
        await command.ExecuteNonQueryAsync(token).ConfigureAwait(false);
    }

    /// <summary>To which app and write key the sessions belong that are there.</summary>
    public static async Task<Dictionary<(Guid Account, Guid Session), (Guid App, Hash256 WriteKeyHash)>> OwnersAsync(
        NpgsqlConnection connection, IReadOnlyList<IntakeFrameHead> heads, CancellationToken token)
    {
        const string select = """
            SELECT account, session, app, write_key_hash FROM recount.session
            WHERE (account, session) IN (SELECT * FROM unnest($1, $2))
            """;
        await using var query = new NpgsqlCommand(select, connection)
        {
            Parameters =
            {
                new() { Value = heads.Select(head => head.Account).ToArray() },
                new() { Value = heads.Select(head => head.Chunk.Session).ToArray() },
            },
        };
        var owners = new Dictionary<(Guid, Guid), (Guid, Hash256)>();
        await using var rows = await query.ExecuteReaderAsync(token).ConfigureAwait(false);
        while (await rows.ReadAsync(token).ConfigureAwait(false))
        {
            owners[(rows.GetGuid(0), rows.GetGuid(1))] = (rows.GetGuid(2), new Hash256(rows.GetFieldValue<byte[]>(3)));
        }

        return owners;
    }

    public static async Task InsertPagesAsync(
        NpgsqlConnection connection, IReadOnlyList<IntakeFrameHead> heads, CancellationToken token)
    {
        const string insert = """
            INSERT INTO recount.page (account, session, page, first_received_at)
            SELECT DISTINCT ON (account, session, page) account, session, page, received_at
            FROM unnest($1, $2, $3, $4) AS row (account, session, page, received_at)
            ORDER BY account, session, page, received_at
            ON CONFLICT DO NOTHING
            """;
        await using var command = new NpgsqlCommand(insert, connection)
        {
            Parameters =
            {
                new() { Value = heads.Select(head => head.Account).ToArray() },
                new() { Value = heads.Select(head => head.Chunk.Session).ToArray() },
                new() { Value = heads.Select(head => head.Chunk.Page).ToArray() },
                new() { Value = heads.Select(ReceivedAt).ToArray() },
            },
        };
        await command.ExecuteNonQueryAsync(token).ConfigureAwait(false);
    }

    public static async Task InsertFactsAsync(
        NpgsqlConnection connection, IReadOnlyList<EntryFact> facts, CancellationToken token)
    {
        const string insert = """
            INSERT INTO recount.entry_fact (account, session, page, seq, position, at, kind, data)
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT DO NOTHING
            """;
        if (facts.Count == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand(insert, connection)
        {
            Parameters =
            {
                new() { Value = facts.Select(fact => fact.Account).ToArray() },
                new() { Value = facts.Select(fact => fact.Chunk.Session).ToArray() },
                new() { Value = facts.Select(fact => fact.Chunk.Page).ToArray() },
                new() { Value = facts.Select(fact => fact.Chunk.Seq).ToArray() },
                new() { Value = facts.Select(fact => fact.Position).ToArray() },
                new() { Value = facts.Select(fact => fact.At).ToArray() },
                new() { Value = facts.Select(fact => (short)fact.Kind).ToArray() },
                new() { Value = facts.Select(fact => fact.Data).ToArray() },
            },
        };
        await command.ExecuteNonQueryAsync(token).ConfigureAwait(false);
    }

    /// <summary>Marks sessions whose summary is out of date.</summary>
    public static async Task MarkDueAsync(
        NpgsqlConnection connection, IReadOnlyCollection<(Guid Account, Guid Session)> sessions, CancellationToken token)
    {
        const string mark = "INSERT INTO recount.session_due (account, session) SELECT * FROM unnest($1, $2)";
        if (sessions.Count == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand(mark, connection)
        {
            Parameters =
            {
                new() { Value = sessions.Select(row => row.Account).ToArray() },
                new() { Value = sessions.Select(row => row.Session).ToArray() },
            },
        };
        await command.ExecuteNonQueryAsync(token).ConfigureAwait(false);
    }

    private static DateTimeOffset ReceivedAt(IntakeFrameHead head) => NodeClock.FromMicros(head.ReceivedAtMicros);
}
