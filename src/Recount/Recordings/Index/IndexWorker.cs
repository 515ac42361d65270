using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Recount.Capture.Intake;
using Recount.Database;
using Recount.Recordings.Conservation;

namespace Recount.Recordings.Index;

/// <summary>Takes closed intake objects: counts what each accepted, then indexes it.</summary>
public sealed partial class IndexWorker(
    Db db,
    IntakeFollower follower,
    IntakeAuditor auditor,
    Indexer indexer,
    IOptions<RecordingsOptions> options,
    TimeProvider time,
    ILogger<IndexWorker> log) : Worker(db, time, log)
{
    private const int MaxRaces = 5;
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
            reconciledAt = Time.GetTimestamp();
        }

        await TakeAllAsync(follower.NextAsync(token), token);
    }

    private async Task TakeAllAsync(IAsyncEnumerable<IntakeObject> objects, CancellationToken token)
    {
        await foreach (var found in objects)
        {
            await TryTakeAsync(found, token);
        }
    }

    private async Task TryTakeAsync(IntakeObject found, CancellationToken token)
    {
        try
        {
            await auditor.AuditAsync(found, token);
            await IndexAsync(found, token);
        }
        catch (Exception failure) when (failure is not (OperationCanceledException or DatabaseUnavailableException
            or NpgsqlException { IsTransient: true, InnerException: not TimeoutException }))
        {
            // One object that cannot be indexed must not hold the others; the next reconciliation brings it again. That
            // it takes longer than a statement may is the object's fault as well as the database's.
            LogNotIndexed(failure, found.Key);
        }
    }

    private async Task IndexAsync(IntakeObject found, CancellationToken token)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await indexer.IndexAsync(found, token);
                return;
            }
            catch (IndexRaceException) when (attempt < MaxRaces)
            {
                // The other transaction has ended by now; the same object is taken again from the beginning.
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "Intake object {Key} could not be indexed; it is tried again.")]
    private partial void LogNotIndexed(Exception failure, IntakeKey key);
}
