using System.Text.Json;
using Dapper;
using Npgsql;
using NpgsqlTypes;
using Recount.Database;
using Recount.Recordings.Reading;

namespace Recount.Recordings.Conservation;

/// <summary>What SDKs captured in one hour's pages, beside what arrived.</summary>
public sealed record CapturedHour
{
    public Guid Account { get; init; }

    /// <summary>Start of the hour in which the pages' first chunks came.</summary>
    public DateTimeOffset Hour { get; init; }

    public long Pages { get; init; }

    public long Captured { get; init; }

    public long Arrived { get; init; }

    /// <summary>What differs on pages of which something came a moment ago: the rest may be on its way.</summary>
    public long Pending { get; init; }

    /// <summary>What differs on all other pages.</summary>
    public long Difference { get; init; }
}

/// <summary>A page on which the SDK's count and what arrived differ.</summary>
public sealed record DifferingPage
{
    public Guid Account { get; init; }

    public DateTimeOffset Hour { get; init; }

    public Guid Session { get; init; }

    public Guid Page { get; init; }

    public long Difference { get; init; }

    /// <summary>One of <see cref="CountCause"/>.</summary>
    public string Cause { get; init; } = "";
}

/// <summary>Entries given up by SDKs in one hour's pages.</summary>
public sealed record DroppedEntries(Guid Account, DateTime Hour, string Reason, long Entries);

/// <summary>The SDKs' own counts, derived page by page.</summary>
public sealed class PageCountStore(Db db)
{
    private const int MaxPages = 1_000;

    private const string InHours = "(@account IS NULL OR account = @account) AND first_received_at >= @from AND first_received_at < @to";

    private const string Hours = $"""
        SELECT account, date_trunc('hour', first_received_at, 'UTC') AS hour, count(*) AS pages,
               sum(captured)::bigint AS captured, sum(arrived)::bigint AS arrived,
               coalesce(sum(difference) FILTER (WHERE last_received_at > @open), 0)::bigint AS pending,
               coalesce(sum(difference) FILTER (WHERE last_received_at <= @open), 0)::bigint AS difference
        FROM recount.page_count WHERE {InHours} GROUP BY 1, 2
        """;

    private const string DroppedByReason = $"""
        SELECT account, date_trunc('hour', first_received_at, 'UTC') AS hour, given.key AS reason,
               sum(given.value::bigint)::bigint AS entries
        FROM recount.page_count, jsonb_each_text(dropped) AS given
        WHERE {InHours} GROUP BY 1, 2, 3 ORDER BY 3
        """;

    private const string Differing = $"""
        SELECT account, date_trunc('hour', first_received_at, 'UTC') AS hour, session, page, difference, cause
        FROM recount.page_count
        WHERE {InHours} AND difference <> 0 AND last_received_at <= @open
        ORDER BY first_received_at, session, page LIMIT @MaxPages
        """;

    private const string Write = """
        INSERT INTO recount.page_count
          (account, session, page, first_received_at, last_received_at, captured, arrived, dropped, difference, cause)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (account, session, page) DO UPDATE SET
          last_received_at = excluded.last_received_at, captured = excluded.captured, arrived = excluded.arrived,
          dropped = excluded.dropped, difference = excluded.difference, cause = excluded.cause
        """;

    /// <param name="account">Null for all accounts.</param>
    /// <param name="from">First hour.</param>
    /// <param name="to">Hour after the last.</param>
    /// <param name="open">Pages of which something came since then are not complete.</param>
    /// <param name="token">Ends the query.</param>
    public async Task<(IReadOnlyList<CapturedHour> Hours, IReadOnlyList<DroppedEntries> Dropped, IReadOnlyList<DifferingPage> Pages)>
        ReadAsync(Guid? account, DateTimeOffset from, DateTimeOffset to, DateTimeOffset open, CancellationToken token)
    {
        await using var connection = await db.OpenAsync(token);
        return (await RowsAsync<CapturedHour>(Hours), await RowsAsync<DroppedEntries>(DroppedByReason), await RowsAsync<DifferingPage>(Differing));

        async Task<IReadOnlyList<T>> RowsAsync<T>(string sql) => (await connection.QueryAsync<T>(
            new CommandDefinition(sql, new { account, from, to, open, MaxPages }, cancellationToken: token))).AsList();
    }

    /// <summary>Counts the pages of a session again.</summary>
    internal static async Task WriteAsync(NpgsqlConnection connection, SessionView session, CancellationToken token)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var (page, _) in session.Pages)
        {
            if (PageCount.Of(page) is { } count)
            {
                batch.BatchCommands.Add(Command(page, count));
            }
        }

        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(token);
        }
    }

    private static NpgsqlBatchCommand Command(PageView page, PageCount count) => new(Write)
    {
        Parameters =
        {
            new() { Value = page.Content.Id.Account },
            new() { Value = page.Content.Id.Session },
            new() { Value = page.Content.Id.Page },
            new() { Value = page.Content.FirstReceivedAt },
            new() { Value = Capture.Intake.NodeClock.FromMicros(page.Chunks.Max(chunk => chunk.Chunk.ReceivedAtMicros)) },
            new() { Value = count.Captured },
            new() { Value = count.Arrived },
            new() { Value = JsonSerializer.Serialize(count.Dropped), NpgsqlDbType = NpgsqlDbType.Jsonb },
            new() { Value = count.Difference },
            new() { Value = (object?)count.Cause ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
        },
    };
}
