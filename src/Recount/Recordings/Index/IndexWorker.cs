using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Recount.Capture.Intake;
using Recount.Database;
using Recount.Recordings.Conservation;

namespace Recount.Recordings.Index;

/// <summary>Takes intake objects as they are closed.</summary>
public sealed class IndexWorker(
    Db db,
    IntakeFollower follower,
    IntakeTaker taker,
    BootAuditor boots,
    IOptions<RecordingsOptions> options,
    TimeProvider time,
    ILogger<IndexWorker> log) : Worker(db, time, log)
{
    private long? reconciledAt;

    public override string Name => "index";

    protected override TimeSpan Interval => options.Value.FollowInterval;

    protected override Task RunOnceAsync(CancellationToken token) => TakeNewAsync(token);

    /// <summary>Takes every closed object that is not indexed.</summary>
    public async Task TakeNewAsync(CancellationToken token)
    {
        if (reconciledAt is not { } at || Time.GetElapsedTime(at) >= options.Value.ReconcileInterval)
        {
            await follower.ReconcileAsync(token);
            await TakeAllAsync(follower.UnindexedAsync(token), token);
            await boots.AuditAsync(token);

            // Those that were taken just now would be read and judged a second time.
            await follower.ReconcileAsync(token);
            reconciledAt = Time.GetTimestamp();
        }

        await TakeAllAsync(follower.NextAsync(token), token);
    }

    private async Task TakeAllAsync(IAsyncEnumerable<IntakeObject> objects, CancellationToken token)
    {
        try
        {
            await taker.TakeAllAsync(objects, token);
        }
        catch
        {
            // The follower is past what was not taken: the next round asks the database where to begin.
            reconciledAt = null;
            throw;
        }
    }
}
