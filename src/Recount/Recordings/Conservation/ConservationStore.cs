using Dapper;
using Recount.Database;

namespace Recount.Recordings.Conservation;

/// <summary>Where the chunks went that an account sent in one hour.</summary>
public sealed record ConservationRow
{
    public Guid Account { get; init; }

    /// <summary>Start of the hour of reception.</summary>
    public DateTimeOffset Hour { get; init; }

    /// <summary>Counted from the intake's footers.</summary>
    public long Accepted { get; init; }

    /// <summary>Not sealed yet, or not indexed yet.</summary>
    public long Pending { get; init; }

    public long Archived { get; init; }

    public long Duplicate { get; init; }

    public long Quarantined { get; init; }

    public long Erased { get; init; }

    /// <summary>What disappeared (positive) or was counted twice (negative). Always 0.</summary>
    public long Difference => Accepted - Pending - Archived - Duplicate - Quarantined - Erased;
}

/// <summary>The figures of conservation: accepted = archived + pending + duplicate + quarantined + erased.</summary>
public sealed class ConservationStore(Db db)
{
    private const string Rows = """
        -- One statement, so that what moves from one place to another is seen in exactly one of them.
        WITH accepted AS (
          SELECT account, hour, sum(frames) AS accepted,
                 sum(frames) FILTER (WHERE NOT EXISTS (
                   SELECT FROM recount.intake_object o WHERE o.node = a.node AND o.boot = a.boot AND o.n = a.n)) AS unindexed
          FROM recount.intake_accepted a
          WHERE (@account IS NULL OR account = @account) AND hour >= @from AND hour < @to
          GROUP BY account, hour
        ), gone AS (
          SELECT account, hour, sum(archived) AS archived, sum(duplicate) AS duplicate, sum(quarantined) AS quarantined,
                 sum(erased) AS erased
          FROM (
            SELECT account, hour, archived, duplicate, quarantined, erased FROM recount.conservation_total
            UNION ALL
            SELECT account, hour, archived, duplicate, quarantined, erased FROM recount.conservation_delta) both_kinds
          WHERE (@account IS NULL OR account = @account) AND hour >= @from AND hour < @to
          GROUP BY account, hour
        ), waiting AS (
          SELECT account, date_trunc('hour', timestamptz 'epoch' + received_at_micros * interval '1 microsecond', 'UTC') AS hour,
                 count(*) AS waiting
          FROM (
            SELECT account, received_at_micros FROM recount.chunk
            UNION ALL
            SELECT account, received_at_micros FROM recount.deferred_frame) both_kinds
          WHERE (@account IS NULL OR account = @account)
          GROUP BY 1, 2
        )
        SELECT account, hour,
               coalesce(accepted, 0)::bigint AS accepted,
               (coalesce(unindexed, 0) + coalesce(waiting, 0))::bigint AS pending,
               coalesce(archived, 0)::bigint AS archived,
               coalesce(duplicate, 0)::bigint AS duplicate,
               coalesce(quarantined, 0)::bigint AS quarantined,
               coalesce(erased, 0)::bigint AS erased
        FROM accepted FULL JOIN gone USING (account, hour) FULL JOIN waiting USING (account, hour)
        WHERE hour >= @from AND hour < @to
        ORDER BY account, hour
        """;

    private const string Fold = """
        WITH taken AS (
          DELETE FROM recount.conservation_delta
          WHERE id IN (SELECT id FROM recount.conservation_delta ORDER BY id LIMIT 10000 FOR UPDATE SKIP LOCKED)
          RETURNING account, hour, archived, duplicate, quarantined, erased
        )
        INSERT INTO recount.conservation_total AS total (account, hour, archived, duplicate, quarantined, erased)
        SELECT account, hour, sum(archived), sum(duplicate), sum(quarantined), sum(erased)
        FROM taken GROUP BY account, hour ORDER BY account, hour
        ON CONFLICT (account, hour) DO UPDATE SET
          archived = total.archived + excluded.archived,
          duplicate = total.duplicate + excluded.duplicate,
          quarantined = total.quarantined + excluded.quarantined,
          erased = total.erased + excluded.erased
        """;

    /// <param name="account">Null for all accounts.</param>
    /// <param name="from">First hour.</param>
    /// <param name="to">Hour after the last.</param>
    /// <param name="token">Ends the query.</param>
    public async Task<IReadOnlyList<ConservationRow>> RowsAsync(
        Guid? account, DateTimeOffset from, DateTimeOffset to, CancellationToken token)
    {
        await using var connection = await db.OpenAsync(token);
        return [.. await connection.QueryAsync<ConservationRow>(
            new CommandDefinition(Rows, new { account, from, to }, cancellationToken: token))];
    }

    /// <summary>Folds deltas into the totals.</summary>
    public async Task FoldAsync(CancellationToken token)
    {
        await using var connection = await db.OpenAsync(token);
        await connection.ExecuteAsync(new CommandDefinition(Fold, cancellationToken: token));
    }
}
