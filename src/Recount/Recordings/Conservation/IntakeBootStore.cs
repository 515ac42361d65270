using Dapper;
using Recount.Capture.Intake;
using Recount.Database;

namespace Recount.Recordings.Conservation;

/// <summary>What the database knows of boots and of their objects, for those who look for what is not there.</summary>
public sealed class IntakeBootStore(Db db)
{
    private const int MaxKeys = 1_000;

    private const string Insert = """
        INSERT INTO recount.intake_boot (node, boot, objects, seen_at) VALUES (@node, @boot, @objects, @at)
        ON CONFLICT DO NOTHING
        """;

    private const string Uncounted = """
        -- Only boots that lack something are looked through number by number.
        WITH boots AS (
          SELECT node, boot, max(objects) AS objects, sum(counted) AS counted
          FROM (
            SELECT node, boot, max(n) + 1 AS objects, count(*) AS counted FROM recount.intake_audit GROUP BY node, boot
            UNION ALL
            SELECT node, boot, max(objects), 0 FROM recount.intake_boot GROUP BY node, boot) both_kinds
          GROUP BY node, boot
        )
        SELECT boots.node, boots.boot, expected.n
        FROM boots, generate_series(0, boots.objects - 1) AS expected (n)
        WHERE boots.counted < boots.objects AND NOT EXISTS (
          SELECT FROM recount.intake_audit a WHERE a.node = boots.node AND a.boot = boots.boot AND a.n = expected.n)
        ORDER BY boots.node, boots.boot, expected.n
        LIMIT @MaxKeys
        """;

    private const string Needed = """
        -- A chunk that was read again from quarantine has its bytes there.
        SELECT DISTINCT node, boot, n FROM (
          SELECT node, boot, n FROM recount.chunk c WHERE NOT EXISTS (
            SELECT FROM recount.quarantine_resolution r
            WHERE r.node = c.node AND r.boot = c.boot AND r.n = c.n AND r.frame = c.frame)
          UNION ALL
          SELECT node, boot, n FROM recount.deferred_frame) waiting
        ORDER BY node, boot, n
        """;

    private const string Damaged = """
        SELECT DISTINCT node, boot, n FROM recount.quarantine WHERE reason = 'damaged' ORDER BY node, boot, n LIMIT @MaxKeys
        """;

    private const string AreReleased = """
        SELECT EXISTS (
            SELECT FROM recount.intake_boot
            WHERE node = @node AND boot = @boot AND objects >= @objects AND seen_at <= @before)
          AND @objects = (
            SELECT count(*) FROM recount.intake_release
            WHERE node = @node AND boot = @boot AND n < @objects AND released_at <= @before)
        """;

    private const string IsKnown = """
        SELECT EXISTS (
          SELECT FROM recount.intake_boot
          WHERE node = @node AND boot = @boot AND objects >= @objects AND seen_at <= @before)
        """;

    /// <summary>Keeps that a boot used at least so many numbers.</summary>
    public async Task RecordAsync(Guid node, Guid boot, long objects, DateTimeOffset at, CancellationToken token)
    {
        await using var connection = await db.OpenAsync(token);
        await connection.ExecuteAsync(
            new CommandDefinition(Insert, new { node, boot, objects, at }, cancellationToken: token));
    }

    /// <summary>Whether it has been known since then that the boot used so many numbers.</summary>
    public Task<bool> IsKnownAsync(Guid node, Guid boot, long objects, DateTimeOffset before, CancellationToken token) =>
        AskAsync(IsKnown, node, boot, objects, before, token);

    /// <summary>Whether that is so, and each of them was released by then.</summary>
    public Task<bool> AreReleasedAsync(Guid node, Guid boot, long objects, DateTimeOffset before, CancellationToken token) =>
        AskAsync(AreReleased, node, boot, objects, before, token);

    /// <summary>Numbers that a boot used and that nobody counted, at most 1,000.</summary>
    public Task<IReadOnlyList<IntakeKey>> UncountedAsync(CancellationToken token) => KeysAsync(Uncounted, token);

    /// <summary>Objects that hold the only bytes of chunks that no part holds yet.</summary>
    public Task<IReadOnlyList<IntakeKey>> NeededAsync(CancellationToken token) => KeysAsync(Needed, token);

    /// <summary>Objects of which something is in quarantine as damaged, at most 1,000.</summary>
    public Task<IReadOnlyList<IntakeKey>> DamagedAsync(CancellationToken token) => KeysAsync(Damaged, token);

    private async Task<bool> AskAsync(
        string question, Guid node, Guid boot, long objects, DateTimeOffset before, CancellationToken token)
    {
        await using var connection = await db.OpenAsync(token);
        return await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(question, new { node, boot, objects, before }, cancellationToken: token));
    }

    private async Task<IReadOnlyList<IntakeKey>> KeysAsync(string query, CancellationToken token)
    {
        await using var connection = await db.OpenAsync(token);
        var rows = await connection.QueryAsync<(Guid Node, Guid Boot, long N)>(
            new CommandDefinition(query, new { MaxKeys }, cancellationToken: token));
        return [.. rows.Select(row => new IntakeKey(row.Node, row.Boot, row.N))];
    }
}
