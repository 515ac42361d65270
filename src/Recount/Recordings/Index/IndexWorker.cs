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
    BootAuditor boots,
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
            await boots.AuditAsync(token);

            // Those that were taken just now would be read and judged a second time.
            await follower.ReconcileAsync(token);
            reconciledAt = Time.GetTimestamp();
        }

        await TakeAllAsync(follower.NextAsync(token), token);
    }

    /// <summary>
    /// Objects are judged while those before them are written, and written one after the other in the order they were
    /// accepted: who is first stays.
    /// </summary>
    private async Task TakeAllAsync(IAsyncEnumerable<IntakeObject> objects, CancellationToken token)
    {
        var ahead = new Queue<(IntakeObject Found, Task<IndexBatch> Judged)>();
        try
        {
            await foreach (var found in objects)
            {
                ahead.Enqueue((found, Task.Run(() => indexer.Judge(found), token)));
                if (ahead.Count > options.Value.IndexAhead)
                {
                    await TryTakeAsync(ahead.Dequeue(), token);
                }
            }

            while (ahead.Count > 0)
            {
                await TryTakeAsync(ahead.Dequeue(), token);
            }
        }
        catch
        {
            // The follower is past what was not taken: the next round asks the database where to begin.
            reconciledAt = null;
            await Task.WhenAll(ahead.Select(next => (Task)next.Judged)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    private async Task TryTakeAsync((IntakeObject Found, Task<IndexBatch> Judged) next, CancellationToken token)
    {
        var (found, judged) = next;
        try
        {
            await auditor.AuditAsync(found, token);
            await IndexAsync(found, await judged, token);
            if (found.Footer?.Closed == IntakeClosing.Damaged)
            {
                LogFooterLost(found.Key, found.Frames.Count);
            }
        }
        catch (Exception failure) when (failure is not (OperationCanceledException or DatabaseUnavailableException
            or NpgsqlException { IsTransient: true, InnerException: not TimeoutException }))
        {
            // One object that cannot be indexed must not hold the others; the next reconciliation brings it again. That
            // it takes longer than a statement may is the object's fault as well as the database's.
            LogNotIndexed(failure, found.Key);
        }
    }

    private async Task IndexAsync(IntakeObject found, IndexBatch batch, CancellationToken token)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await indexer.IndexAsync(batch, token);
                return;
            }
            catch (IndexRaceException) when (attempt < MaxRaces)
            {
                // The other transaction has ended by now; the same object is taken again from the beginning.
                batch = indexer.Judge(found);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "Intake object {Key} has lost its footer; {Frames} chunks were found in it without, the rest is in quarantine.")]
    private partial void LogFooterLost(IntakeKey key, int frames);

    [LoggerMessage(LogLevel.Error, "Intake object {Key} could not be indexed; it is tried again.")]
    private partial void LogNotIndexed(Exception failure, IntakeKey key);
}
