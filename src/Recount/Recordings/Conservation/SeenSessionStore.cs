using Dapper;
using Npgsql;
using NpgsqlTypes;
using Recount.Capture.Intake;
using Recount.Database;

namespace Recount.Recordings.Conservation;

/// <summary>What became of the sessions that were first seen in one hour.</summary>
public sealed record SeenSessions
{
    public Guid Account { get; init; }

    public DateTimeOffset Hour { get; init; }

    /// <summary>Sessions that the intake showed.</summary>
    public long Seen { get; init; }

    /// <summary>Those with a proven part.</summary>
    public long Archived { get; init; }

    /// <summary>Those of which nothing is sealed yet.</summary>
    public long Pending { get; init; }

    /// <summary>Those of which everything is in quarantine.</summary>
    public long Quarantined { get; init; }

    /// <summary>Those that are nowhere. Always 0.</summary>
    public long Difference { get; init; }
}

/// <summary>A session that the intake showed and that is nowhere.</summary>
public sealed record LostSession
{
    public Guid Account { get; init; }

    public DateTimeOffset Hour { get; init; }

    public Guid Session { get; init; }
}

/// <summary>Sessions as the auditor saw them in the intake, against what the archive made of them.</summary>
public sealed class SeenSessionStore(Db db)
{
    private const int MaxSessions = 1_000;

    private const string Judged = """
        WITH judged AS (
          SELECT account, session, date_trunc('hour', first_seen_at, 'UTC') AS hour,
                 CASE
                   WHEN EXISTS (SELECT FROM recount.part p WHERE p.account = s.account AND p.session = s.session) THEN 'archived'
                   WHEN EXISTS (SELECT FROM recount.chunk c WHERE c.account = s.account AND c.session = s.session)
                     OR EXISTS (SELECT FROM recount.deferred_frame d
                                WHERE d.node = s.node AND d.boot = s.boot AND d.n = s.n AND d.account = s.account)
                     OR (s.node IS NOT NULL AND NOT EXISTS (
                           SELECT FROM recount.intake_object o WHERE o.node = s.node AND o.boot = s.boot AND o.n = s.n))
                     THEN 'pending'
                   WHEN EXISTS (SELECT FROM recount.quarantine q WHERE q.account = s.account AND q.session = s.session)
                     THEN 'quarantined'
                   ELSE 'lost'
                 END AS state
          FROM recount.intake_session s
          WHERE (@account IS NULL OR account = @account) AND first_seen_at >= @from AND first_seen_at < @to
        )
        """;

    private const string Hours = $"""
        {Judged}
        SELECT account, hour, count(*) AS seen,
               count(*) FILTER (WHERE state = 'archived') AS archived,
               count(*) FILTER (WHERE state = 'pending') AS pending,
               count(*) FILTER (WHERE state = 'quarantined') AS quarantined,
               count(*) FILTER (WHERE state = 'lost') AS difference
        FROM judged GROUP BY account, hour
        """;

    private const string Lost = $"""
        {Judged}
        SELECT account, hour, session FROM judged WHERE state = 'lost' ORDER BY hour, session LIMIT @MaxSessions
        """;

    private const string Insert = """
        -- In order, so that two auditors cannot wait for each other.
        INSERT INTO recount.intake_session (account, session, first_seen_at, node, boot, n)
        SELECT DISTINCT ON (account, session) account, session, seen_at, $4, $5, $6
        FROM unnest($1, $2, $3) AS row (account, session, seen_at)
        ORDER BY account, session, seen_at
        ON CONFLICT DO NOTHING
        """;

    /// <param name="account">Null for all accounts.</param>
    /// <param name="from">First hour.</param>
    /// <param name="to">Hour after the last.</param>
    /// <param name="token">Ends the query.</param>
    public async Task<(IReadOnlyList<SeenSessions> Hours, IReadOnlyList<LostSession> Lost)> ReadAsync(
        Guid? account, DateTimeOffset from, DateTimeOffset to, CancellationToken token)
    {
        await using var connection = await db.OpenAsync(token);
        return (await RowsAsync<SeenSessions>(Hours), await RowsAsync<LostSession>(Lost));

        async Task<IReadOnlyList<T>> RowsAsync<T>(string sql) => (await connection.QueryAsync<T>(
            new CommandDefinition(sql, new { account, from, to, MaxSessions }, cancellationToken: token))).AsList();
    }

    /// <param name="connection">A connection in the transaction that counts the object.</param>
    /// <param name="key">The object; null when it is not known any more.</param>
    /// <param name="heads">Frames of it.</param>
    /// <param name="token">Ends the statement.</param>
    internal static async Task InsertAsync(
        NpgsqlConnection connection, IntakeKey? key, IReadOnlyList<IntakeFrameHead> heads, CancellationToken token)
    {
        if (heads.Count == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand(Insert, connection)
        {
            Parameters =
            {
                new() { Value = heads.Select(head => head.Account).ToArray() },
                new() { Value = heads.Select(head => head.Chunk.Session).ToArray() },
                new() { Value = heads.Select(head => NodeClock.FromMicros(head.ReceivedAtMicros)).ToArray() },
                new() { Value = (object?)key?.Node ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
                new() { Value = (object?)key?.Boot ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
                new() { Value = (object?)key?.N ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
            },
        };
        await command.ExecuteNonQueryAsync(token).ConfigureAwait(false);
    }
}
