using Dapper;
using Npgsql;
using Recount.Capture.Intake;
using Recount.Primitives;
using Recount.Recordings.Conservation;
using Recount.Wire.Segments;

namespace Recount.Recordings.Index;

/// <summary>A frame that waits to be indexed because its account is over its share.</summary>
public sealed record DeferredFrame
{
    public Guid Node { get; init; }

    public Guid Boot { get; init; }

    public long N { get; init; }

    public int Frame { get; init; }

    public IntakeKey Key => new(Node, Boot, N);
}

/// <summary>The backlog of accounts that send more than their share of inflating.</summary>
public sealed class DeferredFrames(IntakeReader intake, Indexer indexer)
{
    private const string Insert = """
        INSERT INTO recount.deferred_frame
          (node, boot, n, frame, account, frame_offset, frame_length, received_at_micros)
        SELECT $1, $2, $3, * FROM unnest($4, $5, $6, $7, $8)
        """;

    internal static async Task InsertAsync(NpgsqlConnection connection, IndexBatch batch, CancellationToken token)
    {
        if (batch.Deferred.Count == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand(Insert, connection)
        {
            Parameters =
            {
                new() { Value = batch.Key.Node },
                new() { Value = batch.Key.Boot },
                new() { Value = batch.Key.N },
                new() { Value = batch.Deferred.Select(frame => frame.Number).ToArray() },
                new() { Value = batch.Deferred.Select(frame => frame.Head.Account).ToArray() },
                new() { Value = batch.Deferred.Select(frame => frame.Offset).ToArray() },
                new() { Value = batch.Deferred.Select(frame => frame.Length).ToArray() },
                new() { Value = batch.Deferred.Select(frame => frame.Head.ReceivedAtMicros).ToArray() },
            },
        };
        await command.ExecuteNonQueryAsync(token);
    }

    /// <summary>Accounts that have a backlog.</summary>
    public static async Task<IReadOnlyList<Guid>> AccountsAsync(NpgsqlConnection connection, CancellationToken token) =>
        (await connection.QueryAsync<Guid>(new CommandDefinition(
            "SELECT DISTINCT account FROM recount.deferred_frame", cancellationToken: token))).AsList();

    /// <summary>The longest waiting frames of an account.</summary>
    public static async Task<IReadOnlyList<DeferredFrame>> OldestAsync(
        NpgsqlConnection connection, Guid account, int limit, CancellationToken token)
    {
        const string oldest = """
            SELECT node, boot, n, frame FROM recount.deferred_frame
            WHERE account = @account ORDER BY received_at_micros, node, boot, n, frame LIMIT @limit
            """;
        return (await connection.QueryAsync<DeferredFrame>(
            new CommandDefinition(oldest, new { account, limit }, cancellationToken: token))).AsList();
    }

    /// <returns>False when another process indexed it, or its bytes are not there.</returns>
    public async Task<bool> IndexAsync(DeferredFrame deferred, CancellationToken token)
    {
        var source = await intake.ReadAsync(deferred.Key, ReadFrom.Cache, token);
        var frame = source?.Frames.FirstOrDefault(frame => frame.Number == deferred.Frame);
        return frame is not null && await indexer.IndexFrameAsync(
            deferred.Key, frame, connection => TryClaimAsync(connection, deferred, token), new ConservationDeltas(),
            mustArchive: false, token);
    }

    private static async Task<bool> TryClaimAsync(
        NpgsqlConnection connection, DeferredFrame deferred, CancellationToken token)
    {
        const string claim = """
            DELETE FROM recount.deferred_frame WHERE node = @Node AND boot = @Boot AND n = @N AND frame = @Frame
            """;
        return await connection.ExecuteAsync(new CommandDefinition(claim, deferred, cancellationToken: token)) == 1;
    }
}
