using System.Data;
using Dapper;
using Npgsql;
using Recount.Database;
using Recount.Recordings.Index;
using Recount.Recordings.Seal;
using Recount.Wire.Chunks;

namespace Recount.Recordings.Reading;

/// <summary>Reads sessions as one state of the database, so that a chunk that is being sealed is in exactly one place.</summary>
public sealed class SessionReader(Db db)
{
    /// <returns>Null when the account has no such session.</returns>
    public async Task<SessionContent?> ReadAsync(Guid account, Guid session, CancellationToken token)
    {
        await using var connection = await db.OpenAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, token);
        return await ReadAsync(connection, account, session, token);
    }

    /// <param name="connection">A connection in a transaction that sees one state.</param>
    /// <param name="account">The account.</param>
    /// <param name="session">The session.</param>
    /// <param name="token">Ends the reading.</param>
    public static async Task<SessionContent?> ReadAsync(
        NpgsqlConnection connection, Guid account, Guid session, CancellationToken token)
    {
        const string owner = """
            SELECT app, first_received_at FROM recount.session WHERE account = @account AND session = @session
            """;
        const string pages = """
            SELECT page, first_received_at FROM recount.page WHERE account = @account AND session = @session ORDER BY page
            """;
        const string facts = """
            SELECT page, seq, position, at, kind, data FROM recount.entry_fact
            WHERE account = @account AND session = @session ORDER BY page, seq, position
            """;
        const string quarantined = """
            SELECT page, seq, reason FROM recount.quarantine q
            WHERE account = @account AND session = @session AND page IS NOT NULL AND seq IS NOT NULL
              -- Whoever only knows a session's address must not be able to draw gaps into it.
              AND reason <> 'foreign'
              AND NOT EXISTS (SELECT FROM recount.quarantine_resolution r
                              WHERE r.node = q.node AND r.boot = q.boot AND r.n = q.n AND r.frame = q.frame)
            """;
        const string checks = """
            SELECT page, part, verified_at FROM recount.part_check WHERE account = @account AND session = @session
            """;
        var owners = await RowsAsync<(Guid App, DateTime FirstReceivedAt)>(owner);
        if (owners.Count == 0)
        {
            return null;
        }

        var parts = (await PartStore.OfSessionAsync(connection, account, session, token)).ToLookup(part => part.Footer.Page);
        var pending = (await ChunkStore.OfSessionAsync(connection, account, session, token))
            .ToLookup(chunk => chunk.Chunk.Page);
        var factRows = (await RowsAsync<(Guid Page, int Seq, int Position, double At, short Kind, string Data)>(facts))
            .ToLookup(row => row.Page, row => new StoredFact(row.Seq, row.Position, row.At, (EntryKind)row.Kind, row.Data));
        var quarantineRows = (await RowsAsync<(Guid Page, int Seq, string Reason)>(quarantined))
            .ToLookup(row => row.Page, row => (row.Seq, row.Reason));
        var checkRows = (await RowsAsync<(Guid Page, int Part, DateTime At)>(checks))
            .ToDictionary(row => (row.Page, row.Part), row => Utc(row.At));
        var pageRows = await RowsAsync<(Guid Page, DateTime FirstReceivedAt)>(pages);
        return new SessionContent
        {
            Account = account,
            Session = session,
            App = owners[0].App,
            FirstReceivedAt = Utc(owners[0].FirstReceivedAt),
            Pages = [.. pageRows.Select(row => new PageContent
            {
                Id = new PageId(account, session, row.Page),
                FirstReceivedAt = Utc(row.FirstReceivedAt),
                Parts = [.. parts[row.Page].Select(part =>
                    (part, checkRows.GetValueOrDefault((row.Page, part.Footer.Part), SealedAt(part))))],
                Pending = [.. pending[row.Page]],
                Facts = [.. factRows[row.Page]],
                Quarantined = [.. quarantineRows[row.Page]],
            })],
        };

        async Task<List<T>> RowsAsync<T>(string sql) => (await connection.QueryAsync<T>(
            new CommandDefinition(sql, new { account, session }, cancellationToken: token))).AsList();
    }

    private static DateTimeOffset Utc(DateTime time) => new(DateTime.SpecifyKind(time, DateTimeKind.Utc));

    private static DateTimeOffset SealedAt(ProvenPart part) =>
        Capture.Intake.NodeClock.FromMicros(part.Footer.SealedAtMicros);
}
