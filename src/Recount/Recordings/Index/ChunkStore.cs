using System.Text;
using Npgsql;
using Recount.Wire;
using Recount.Wire.Chunks;
using Recount.Wire.Segments;

namespace Recount.Recordings.Index;

/// <summary>The working index: chunks that no part holds yet.</summary>
public static class ChunkStore
{
    private const string Columns = """
        account, session, page, seq, node, boot, n, frame, frame_offset, frame_length, received_at_micros, received_hash,
        received_bytes, content_hash, content_bytes, entries, kinds, has_snapshot, is_last, clock_from, clock_to, query
        """;

    private const string Insert = $"""
        -- In order of identity, so that two indexers cannot wait for each other. Who is first stays.
        INSERT INTO recount.chunk ({Columns})
        SELECT account, session, page, seq, node, boot, n, frame, frame_offset, frame_length, received_at_micros,
               received_hash, received_bytes, content_hash, content_bytes, entries,
               string_to_array(kinds, ',')::integer[], has_snapshot, is_last, clock_from, clock_to, query
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
          AS row ({Columns})
        ORDER BY account, session, page, seq, frame
        ON CONFLICT (account, session, page, seq) DO NOTHING
        RETURNING node, boot, n, frame
        """;

    private const string Delete = """
        -- Exactly those rows: by identity and by frame.
        DELETE FROM recount.chunk c
        USING unnest($1, $2, $3, $4, $5, $6, $7, $8) AS gone (account, session, page, seq, node, boot, n, frame)
        WHERE c.account = gone.account AND c.session = gone.session AND c.page = gone.page AND c.seq = gone.seq
          AND c.node = gone.node AND c.boot = gone.boot AND c.n = gone.n AND c.frame = gone.frame
        """;

    private const string OfPage = $"""
        SELECT {Columns} FROM recount.chunk
        WHERE account = $1 AND session = $2 AND page = $3
        ORDER BY seq
        """;

    private const string OfSeq = $"""
        SELECT {Columns} FROM recount.chunk
        WHERE account = $1 AND session = $2 AND page = $3 AND seq = $4
        """;

    private const string OfSession = $"""
        SELECT {Columns} FROM recount.chunk
        WHERE account = $1 AND session = $2
        ORDER BY page, seq
        """;

    private const string OfIdentities = $"""
        SELECT {Columns} FROM recount.chunk
        WHERE (account, session, page, seq) IN (SELECT * FROM unnest($1, $2, $3, $4))
        """;

    /// <returns>The frames whose chunks were inserted; the others' identities were taken.</returns>
    public static async Task<HashSet<FrameAddress>> InsertAsync(
        NpgsqlConnection connection, IReadOnlyList<IndexedChunk> chunks, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Insert, connection);
        AddIdentities(command, chunks);
        Add(command, chunks, chunk => chunk.FrameOffset);
        Add(command, chunks, chunk => chunk.FrameLength);
        Add(command, chunks, chunk => chunk.ReceivedAtMicros);
        Add(command, chunks, chunk => chunk.ReceivedHash.ToArray());
        Add(command, chunks, chunk => chunk.ReceivedBytes);
        Add(command, chunks, chunk => chunk.ContentHash.ToArray());
        Add(command, chunks, chunk => chunk.ContentBytes);
        Add(command, chunks, chunk => chunk.Entries);
        Add(command, chunks, chunk => string.Join(',', chunk.Kinds));
        Add(command, chunks, chunk => chunk.HasSnapshot);
        Add(command, chunks, chunk => chunk.IsLast);
        Add(command, chunks, chunk => chunk.ClockFrom);
        Add(command, chunks, chunk => chunk.ClockTo);
        Add(command, chunks, chunk => Encoding.UTF8.GetBytes(chunk.Query));
        var inserted = new HashSet<FrameAddress>();
        await using var rows = await command.ExecuteReaderAsync(token).ConfigureAwait(false);
        while (await rows.ReadAsync(token).ConfigureAwait(false))
        {
            inserted.Add(new FrameAddress(rows.GetGuid(0), rows.GetGuid(1), rows.GetInt64(2), rows.GetInt32(3)));
        }

        return inserted;
    }

    public static async Task DeleteAsync(
        NpgsqlConnection connection, IReadOnlyList<IndexedChunk> chunks, CancellationToken token)
    {
        if (chunks.Count == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand(Delete, connection);
        AddIdentities(command, chunks);
        await command.ExecuteNonQueryAsync(token).ConfigureAwait(false);
    }

    /// <summary>Chunks of a page, in order of seq.</summary>
    public static Task<List<IndexedChunk>> OfPageAsync(NpgsqlConnection connection, PageId page, CancellationToken token) =>
        QueryAsync(new NpgsqlCommand(OfPage, connection), [page.Account, page.Session, page.Page], token);

    /// <returns>Null when no chunk of the page waits under the seq.</returns>
    public static async Task<IndexedChunk?> FindAsync(
        NpgsqlConnection connection, PageId page, int seq, CancellationToken token) =>
        (await QueryAsync(
            new NpgsqlCommand(OfSeq, connection), [page.Account, page.Session, page.Page, seq], token).ConfigureAwait(false))
        .SingleOrDefault();

    /// <summary>Chunks of a session, by page and seq.</summary>
    public static Task<List<IndexedChunk>> OfSessionAsync(
        NpgsqlConnection connection, Guid account, Guid session, CancellationToken token) =>
        QueryAsync(new NpgsqlCommand(OfSession, connection), [account, session], token);

    /// <summary>Those of the chunks' identities that are in the working index.</summary>
    public static Task<List<IndexedChunk>> OfIdentitiesAsync(
        NpgsqlConnection connection, IReadOnlyList<IndexedChunk> chunks, CancellationToken token) =>
        QueryAsync(
            new NpgsqlCommand(OfIdentities, connection),
            [
                chunks.Select(chunk => chunk.Account).ToArray(),
                chunks.Select(chunk => chunk.Chunk.Session).ToArray(),
                chunks.Select(chunk => chunk.Chunk.Page).ToArray(),
                chunks.Select(chunk => chunk.Chunk.Seq).ToArray(),
            ],
            token);

    private static void AddIdentities(NpgsqlCommand command, IReadOnlyList<IndexedChunk> chunks)
    {
        Add(command, chunks, chunk => chunk.Account);
        Add(command, chunks, chunk => chunk.Chunk.Session);
        Add(command, chunks, chunk => chunk.Chunk.Page);
        Add(command, chunks, chunk => chunk.Chunk.Seq);
        Add(command, chunks, chunk => chunk.Frame.Node);
        Add(command, chunks, chunk => chunk.Frame.Boot);
        Add(command, chunks, chunk => chunk.Frame.N);
        Add(command, chunks, chunk => chunk.Frame.Frame);
    }

    private static void Add<T>(NpgsqlCommand command, IReadOnlyList<IndexedChunk> chunks, Func<IndexedChunk, T> value) =>
        command.Parameters.Add(new() { Value = chunks.Select(value).ToArray() });

    private static async Task<List<IndexedChunk>> QueryAsync(
        NpgsqlCommand command, object[] parameters, CancellationToken token)
    {
        await using (command.ConfigureAwait(false))
        {
            foreach (var parameter in parameters)
            {
                command.Parameters.Add(new() { Value = parameter });
            }

            var chunks = new List<IndexedChunk>();
            await using var rows = await command.ExecuteReaderAsync(token).ConfigureAwait(false);
            while (await rows.ReadAsync(token).ConfigureAwait(false))
            {
                chunks.Add(Read(rows));
            }

            return chunks;
        }
    }

    private static IndexedChunk Read(NpgsqlDataReader row) => new()
    {
        Account = row.GetGuid(0),
        Chunk = new ChunkId(row.GetGuid(1), row.GetGuid(2), row.GetInt32(3)),
        Frame = new FrameAddress(row.GetGuid(4), row.GetGuid(5), row.GetInt64(6), row.GetInt32(7)),
        FrameOffset = row.GetInt64(8),
        FrameLength = row.GetInt32(9),
        ReceivedAtMicros = row.GetInt64(10),
        ReceivedHash = new Hash256(row.GetFieldValue<byte[]>(11)),
        ReceivedBytes = row.GetInt32(12),
        ContentHash = new Hash256(row.GetFieldValue<byte[]>(13)),
        ContentBytes = row.GetInt32(14),
        Entries = row.GetInt32(15),
        Kinds = row.GetFieldValue<int[]>(16),
        HasSnapshot = row.GetBoolean(17),
        IsLast = row.GetBoolean(18),
        ClockFrom = row.GetDouble(19),
        ClockTo = row.GetDouble(20),
        Query = Encoding.UTF8.GetString(row.GetFieldValue<byte[]>(21)),
    };
}
