using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Recount.Capture.Intake;
using Recount.Database;
using Recount.Recordings.Conservation;

namespace Recount.Recordings.Index;

/// <summary>Takes closed intake objects: counts what each accepted, then indexes it.</summary>
public sealed partial class IntakeTaker(
    IntakeAuditor auditor, Indexer indexer, IOptions<RecordingsOptions> options, ILogger<IntakeTaker> log)
{
    /// <summary>
    /// Objects are judged while those before them are written, and written one after the other in the order they were
    /// accepted: who is first stays. One that cannot be indexed holds nobody else.
    /// </summary>
    /// <param name="objects">Closed objects, in order.</param>
    /// <param name="token">Ends the work; what was not taken may be behind what was.</param>
    /// <exception cref="DatabaseUnavailableException">The same holds.</exception>
    public async Task TakeAllAsync(IAsyncEnumerable<IntakeObject> objects, CancellationToken token)
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
        finally
        {
            await Task.WhenAll(ahead.Select(next => (Task)next.Judged)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
        catch (Exception failure) when (!Worker.IsOutage(failure))
        {
            // The next reconciliation brings it again.
            LogNotIndexed(failure, found.Key);
        }
    }

    /// <summary>A batch is used up by an attempt: after a race the object is judged again.</summary>
    private Task<bool> IndexAsync(IntakeObject found, IndexBatch batch, CancellationToken token) => IndexRaceException.RetryAsync(
        attempt => indexer.IndexAsync(attempt == 1 ? batch : indexer.Judge(found), token));

    [LoggerMessage(LogLevel.Error, "Intake object {Key} has lost its footer; {Frames} chunks were found in it without, the rest is in quarantine.")]
    private partial void LogFooterLost(IntakeKey key, int frames);

    [LoggerMessage(LogLevel.Error, "Intake object {Key} could not be indexed; it is tried again.")]
    private partial void LogNotIndexed(Exception failure, IntakeKey key);
}
