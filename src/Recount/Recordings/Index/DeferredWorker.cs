using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Recount.Database;

namespace Recount.Recordings.Index;

/// <summary>Indexes deferred frames, a few of each account in turn, as far as its share goes.</summary>
public sealed partial class DeferredWorker(
    Db db,
    DeferredFrames deferred,
    InflationShares shares,
    IOptions<RecordingsOptions> options,
    TimeProvider time,
    ILogger<DeferredWorker> log) : Worker(db, time, log)
{
    private const int FramesPerTurn = 16;
    private const int MaxSetAside = 10_000;

    /// <summary>Frames that could not be indexed; they are tried again by the next process and hold nobody meanwhile.</summary>
    private readonly HashSet<DeferredFrame> setAside = [];

    public override string Name => "deferred";

    protected override TimeSpan Interval => options.Value.DeferredInterval;

    protected override Task RunOnceAsync(CancellationToken token) => IndexDueAsync(token);

    /// <summary>One turn of every account with a backlog and some of its share left.</summary>
    /// <returns>Frames that were indexed.</returns>
    public async Task<int> IndexDueAsync(CancellationToken token)
    {
        var indexed = 0;
        IReadOnlyList<Guid> accounts;
        await using (var connection = await Db.OpenAsync(token))
        {
            accounts = await DeferredFrames.AccountsAsync(connection, token);
        }

        foreach (var account in accounts)
        {
            IReadOnlyList<DeferredFrame> oldest;
            await using (var connection = await Db.OpenAsync(token))
            {
                oldest = await DeferredFrames.OldestAsync(connection, account, FramesPerTurn + setAside.Count, token);
            }

            foreach (var frame in oldest.Where(frame => !setAside.Contains(frame)).TakeWhile(_ => shares.HasShare(account)))
            {
                indexed += await TryIndexAsync(frame, token) ? 1 : 0;
            }
        }

        return indexed;
    }

    private async Task<bool> TryIndexAsync(DeferredFrame frame, CancellationToken token)
    {
        Exception? failure = null;
        try
        {
            if (await IndexRaceException.RetryAsync(_ => deferred.IndexAsync(frame, token)))
            {
                return true;
            }
        }
        catch (Exception problem) when (!IsOutage(problem))
        {
            failure = problem;
        }

        LogNotIndexed(failure, frame.Frame, frame.Key.Path);
        if (setAside.Count < MaxSetAside)
        {
            setAside.Add(frame);
        }

        return false;
    }

    [LoggerMessage(LogLevel.Warning, "Deferred frame {Frame} of {Key} was not indexed: another process has it, or its bytes are gone.")]
    private partial void LogNotIndexed(Exception? failure, int frame, string key);
}
