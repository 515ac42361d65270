using Npgsql;
using Recount.Capture.Intake;
using Recount.Database;
using Recount.Recordings.Quarantine;
using Recount.Wire.Segments;

namespace Recount.Recordings.Rebuild;

/// <summary>Frames that parts and quarantine name, by the intake object they came from.</summary>
public sealed class ReleasedFrames
{
    /// <summary>Frames and bytes by account and hour of reception, for each object.</summary>
    public Dictionary<IntakeKey, Dictionary<(Guid Account, DateTimeOffset Hour), (long Frames, long Bytes)>> ByObject { get; } = [];

    /// <summary>Frames that parts hold.</summary>
    public HashSet<FrameAddress> Sealed { get; } = [];

    public void Add(SegmentFooter footer)
    {
        foreach (var chunk in footer.Chunks)
        {
            Sealed.Add(chunk.Frame);
            Add(chunk.Frame, footer.Account, chunk.ReceivedAtMicros, chunk.ReceivedLength);
        }
    }

    public void Add(QuarantinedFrame frame)
    {
        if (frame.Counts)
        {
            Add(frame.Address, frame.Account, frame.ReceivedAtMicros, frame.Bytes.Length);
        }
    }

    private void Add(FrameAddress address, Guid account, long receivedAtMicros, long bytes)
    {
        var key = new IntakeKey(address.Node, address.Boot, address.N);
        if (!ByObject.TryGetValue(key, out var counts))
        {
            ByObject[key] = counts = [];
        }

        var place = (account, NodeClock.HourOf(receivedAtMicros));
        var count = counts.GetValueOrDefault(place);
        counts[place] = (count.Frames + 1, count.Bytes + bytes);
    }
}

/// <summary>
/// Tells a new database of intake objects that had been released: they are gone, and what they held is known from the
/// parts and the quarantine that name them. What they held twice is known no more; it counts on neither side.
/// </summary>
public sealed class ReleasedIntake(Db db, IntakeReader intake, TimeProvider time)
{
    private const string Insert = """
        -- Each row only where there is none: an object that is still there speaks for itself.
        WITH audit AS (
          INSERT INTO recount.intake_audit (node, boot, n, audited_at) VALUES ($1, $2, $3, $4)
          ON CONFLICT DO NOTHING RETURNING 1
        ), object AS (
          INSERT INTO recount.intake_object (node, boot, n, frames, indexed_at) VALUES ($1, $2, $3, $5, $4)
          ON CONFLICT DO NOTHING
        ), release AS (
          INSERT INTO recount.intake_release (node, boot, n, released_at) VALUES ($1, $2, $3, $4)
          ON CONFLICT DO NOTHING
        ), accepted AS (
          INSERT INTO recount.intake_accepted (node, boot, n, account, hour, frames, bytes)
          SELECT $1, $2, $3, counts.* FROM unnest($6, $7, $8, $9) AS counts, audit
          ON CONFLICT DO NOTHING
        )
        SELECT count(*) FROM audit
        """;

    /// <returns>Objects that the database did not know of.</returns>
    public async Task<int> RestoreAsync(ReleasedFrames frames, CancellationToken token)
    {
        var boots = (await intake.BootsAsync(token))
            .Concat(frames.ByObject.Keys.Select(key => (key.Node, key.Boot)))
            .ToHashSet();
        var restored = 0;
        await using var connection = await db.OpenAsync(token);
        foreach (var (node, boot) in boots)
        {
            var found = await intake.ReadBootAsync(node, boot, token);
            var there = found.Objects.Select(key => key.N).ToHashSet();
            var named = frames.ByObject.Keys.Where(key => key.Node == node && key.Boot == boot).Select(key => key.N);
            var last = there.Concat(named).Append((found.LeastObjects ?? 0) - 1).Max();
            for (long n = 0; n <= last; n++)
            {
                if (!there.Contains(n))
                {
                    restored += await InsertAsync(connection, new IntakeKey(node, boot, n), frames, token);
                }
            }
        }

        return restored;
    }

    private async Task<int> InsertAsync(
        NpgsqlConnection connection, IntakeKey key, ReleasedFrames frames, CancellationToken token)
    {
        var counts = frames.ByObject.GetValueOrDefault(key) ?? [];
        await using var command = new NpgsqlCommand(Insert, connection)
        {
            Parameters =
            {
                new() { Value = key.Node },
                new() { Value = key.Boot },
                new() { Value = key.N },
                new() { Value = time.GetUtcNow() },
                new() { Value = (int)counts.Values.Sum(count => count.Frames) },
                new() { Value = counts.Keys.Select(place => place.Account).ToArray() },
                new() { Value = counts.Keys.Select(place => place.Hour).ToArray() },
                new() { Value = counts.Values.Select(count => count.Frames).ToArray() },
                new() { Value = counts.Values.Select(count => count.Bytes).ToArray() },
            },
        };
        return (int)(long)(await command.ExecuteScalarAsync(token))!;
    }
}
