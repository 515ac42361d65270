using Dapper;
using Microsoft.Extensions.Options;
using Recount.Database;

namespace Recount.Replay;

/// <summary>Something a player could not play.</summary>
/// <param name="Page">The page.</param>
/// <param name="Address">The block; empty when it is the page as a whole.</param>
/// <param name="Cause">One of the gap causes.</param>
/// <param name="Detail">What the player saw, in its words.</param>
public sealed record ReplayReport(Guid Page, string Address, string Cause, string Detail);

/// <summary>A report as it is kept.</summary>
public sealed record KeptReport(
    Guid Page, string Address, string Cause, string Detail, DateTimeOffset FirstAt, DateTimeOffset LastAt, long Times);

/// <summary>
/// What players reported. A block that cannot be played is one row however often it is watched; the number of rows of a
/// session is bounded, because a report costs its sender nothing.
/// </summary>
public sealed class ReplayReports(Db db, IOptions<ReplayOptions> options, TimeProvider time)
{
    /// <returns>False when the session has its number of reports; nothing was kept.</returns>
    public async Task<bool> AddAsync(StageGrant grant, ReplayReport report, CancellationToken token)
    {
        const string addReport = """
            INSERT INTO recount.replay_report
              (account, session, page, address, cause, detail, first_at, last_at, times)
            SELECT @Account, @Session, @Page, @Address, @Cause, @Detail, @at, @at, 1
            WHERE (SELECT count(*) FROM recount.replay_report WHERE account = @Account AND session = @Session) < @limit
               OR EXISTS (SELECT FROM recount.replay_report
                          WHERE account = @Account AND session = @Session AND page = @Page AND address = @Address
                            AND cause = @Cause)
            ON CONFLICT (account, session, page, address, cause)
              DO UPDATE SET times = replay_report.times + 1, last_at = excluded.last_at
            """;
        await using var connection = await db.OpenAsync(token);
        var rows = await connection.ExecuteAsync(new CommandDefinition(
            addReport,
            new
            {
                grant.Account, grant.Session, report.Page, report.Address, report.Cause, report.Detail,
                at = time.GetUtcNow(), limit = options.Value.ReportsPerSession,
            },
            cancellationToken: token));
        return rows == 1;
    }

    /// <summary>What was reported of a session, first reported first.</summary>
    public async Task<IReadOnlyList<KeptReport>> OfSessionAsync(Guid account, Guid session, CancellationToken token)
    {
        const string reportsOfSession = """
            SELECT page, address, cause, detail, first_at AS firstat, last_at AS lastat, times
            FROM recount.replay_report WHERE account = @account AND session = @session
            ORDER BY first_at, page, address, cause
            """;
        await using var connection = await db.OpenAsync(token);
        var rows = await connection.QueryAsync<Row>(
            new CommandDefinition(reportsOfSession, new { account, session }, cancellationToken: token));
        return [.. rows.Select(row =>
            new KeptReport(row.Page, row.Address, row.Cause, row.Detail, row.FirstAt, row.LastAt, row.Times))];
    }

    private sealed class Row
    {
        public Guid Page { get; init; }

        public string Address { get; init; } = "";

        public string Cause { get; init; } = "";

        public string Detail { get; init; } = "";

        public DateTimeOffset FirstAt { get; init; }

        public DateTimeOffset LastAt { get; init; }

        public long Times { get; init; }
    }
}
