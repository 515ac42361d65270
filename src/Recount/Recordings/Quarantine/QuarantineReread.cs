using Dapper;
using Npgsql;
using Recount.Capture.Intake;
using Recount.Database;
using Recount.ObjectStore;
using Recount.Primitives;
using Recount.Recordings.Conservation;
using Recount.Recordings.Index;
using Recount.Wire.Segments;

namespace Recount.Recordings.Quarantine;

/// <summary>What a re-reading did.</summary>
/// <param name="Read">Frames that were read again.</param>
/// <param name="Resolved">Those that are chunks now.</param>
public sealed record RereadResult(int Read, int Resolved);

/// <summary>
/// Reads quarantined frames again, for instance after a parser was mended. What can be archived now becomes a chunk like
/// any other; its quarantined bytes stay where they are.
/// </summary>
public sealed class QuarantineReread(Db db, IObjectStore objects, Indexer indexer, TimeProvider time)
{
    private const string Unresolved = """
        SELECT account, node, boot, n, frame FROM recount.quarantine q
        WHERE frame >= 0 AND session IS NOT NULL AND reason <> ALL (@settled)
          AND NOT EXISTS (SELECT FROM recount.quarantine_resolution r
                          WHERE r.node = q.node AND r.boot = q.boot AND r.n = q.n AND r.frame = q.frame)
        ORDER BY node, boot, n, frame
        """;

    private const string Resolve = """
        INSERT INTO recount.quarantine_resolution (node, boot, n, frame, resolved_at)
        VALUES (@Node, @Boot, @N, @Frame, @at)
        ON CONFLICT DO NOTHING
        """;

    /// <summary>Who comes second, and whose session it is not, does not change with a parser.</summary>
    private static readonly string[] Settled = [QuarantineReason.Conflict, QuarantineReason.Foreign];

    public async Task<RereadResult> RunAsync(CancellationToken token)
    {
        IReadOnlyList<(Guid Account, Guid Node, Guid Boot, long N, int Frame)> rows;
        await using (var connection = await db.OpenAsync(token))
        {
            rows = (await connection.QueryAsync<(Guid, Guid, Guid, long, int)>(
                new CommandDefinition(Unresolved, new { settled = Settled }, cancellationToken: token))).AsList();
        }

        var resolved = 0;
        foreach (var row in rows)
        {
            var address = new FrameAddress(row.Node, row.Boot, row.N, row.Frame);
            resolved += await RereadAsync(row.Account, address, token) ? 1 : 0;
        }

        return new RereadResult(rows.Count, resolved);
    }

    private async Task<bool> RereadAsync(Guid account, FrameAddress address, CancellationToken token)
    {
        var key = QuarantinedFrame.KeyOf(account, address);
        if (await QuarantineObject.ReadAsync(objects, key, ReadFrom.Medium, token) is not { Head: { } head } kept
            || Wire.Hash256.Of(kept.Bytes.Span) != head.ReceivedHash)
        {
            return false;
        }

        // It stands in no intake object that must still be there: its bytes are read from quarantine from now on.
        var frame = new IntakeFrame(address.Frame, 0, 0, head, kept.Bytes, IsBodyWhole: true);
        var deltas = new ConservationDeltas();
        deltas.Add(account, head.ReceivedAtMicros, Destination.Quarantined, -1);
        return await indexer.IndexFrameAsync(
            new IntakeKey(address.Node, address.Boot, address.N),
            frame,
            connection => TryResolveAsync(connection, address, token),
            deltas,
            mustArchive: true,
            token);
    }

    /// <returns>False when it was resolved before.</returns>
    public async Task<bool> TryResolveAsync(NpgsqlConnection connection, FrameAddress address, CancellationToken token) =>
        await connection.ExecuteAsync(new CommandDefinition(
            Resolve,
            new { address.Node, address.Boot, address.N, address.Frame, at = time.GetUtcNow() },
            cancellationToken: token)) == 1;
}
