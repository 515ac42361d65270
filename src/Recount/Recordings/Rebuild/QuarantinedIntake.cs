using Recount.Database;
using Recount.ObjectStore;
using Recount.Primitives;
using Recount.Recordings.Conservation;
using Recount.Recordings.Quarantine;

namespace Recount.Recordings.Rebuild;

/// <summary>Tells a new database of the frames that the store has in quarantine.</summary>
public sealed class QuarantinedIntake(Db db, IObjectStore objects, QuarantineStore quarantine, QuarantineReread reread)
{
    /// <returns>Frames that are in quarantine still, and what is wrong with those that cannot be read.</returns>
    public async Task<(int Restored, IReadOnlyList<string> Faults)> RestoreAsync(ReleasedFrames frames, CancellationToken token)
    {
        var (restored, faults) = (0, new List<string>());
        await foreach (var key in objects.ListAsync(QuarantinedFrame.Prefix + "/", null, token))
        {
            if (await QuarantineObject.ReadAsync(objects, key, ReadFrom.Medium, token) is not { } frame)
            {
                faults.Add($"{key}: it cannot be read.");
            }
            else if (await RestoreAsync(frame, frames.Sealed.Contains(frame.Address), token))
            {
                frames.Add(frame);
                restored++;
            }
        }

        return (restored, faults);
    }

    /// <returns>False when the frame was read again from quarantine and sealed since: then the part counts it.</returns>
    private async Task<bool> RestoreAsync(QuarantinedFrame frame, bool isSealed, CancellationToken token)
    {
        await using var connection = await db.OpenAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(token);
        await SeenSessionStore.InsertAsync(connection, null, frame.Head is { } head ? [head] : [], token);
        var isNew = await quarantine.InsertAsync(connection, frame, token);
        if (isSealed)
        {
            await reread.TryResolveAsync(connection, frame.Address, token);
        }
        else if (isNew && frame.Counts)
        {
            var deltas = new ConservationDeltas();
            deltas.Add(frame.Account, frame.ReceivedAtMicros, Destination.Quarantined);
            await deltas.InsertAsync(connection, token);
        }

        await transaction.CommitAsync(token);
        return !isSealed;
    }
}
