using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Recount.Database;
using Recount.Primitives;

namespace Recount.Recordings;

/// <summary>
/// Does one round of work again and again. It waits while the database is away and goes on after a failure, with
/// back-off: whatever fails, the process and the other workers go on.
/// </summary>
public abstract partial class Worker : BackgroundService, IHealthPart
{
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(10);
    private readonly ILogger log;
    private string? failure;

    protected Worker(Db db, TimeProvider time, ILogger log)
    {
        Db = db;
        Time = time;
        this.log = log;
    }

    public abstract string Name { get; }

    protected Db Db { get; }

    protected TimeProvider Time { get; }

    /// <summary>Pause between two rounds.</summary>
    protected abstract TimeSpan Interval { get; }

    public HealthState Check() => failure is null ? new HealthState(true, "running") : new HealthState(false, "failing", failure);

    /// <summary>One round; what it did stays done when it fails.</summary>
    protected abstract Task RunOnceAsync(CancellationToken token);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = Interval;
            try
            {
                await Db.WaitUntilReadyAsync(stoppingToken);
                await RunOnceAsync(stoppingToken);
                (failures, failure) = (0, null);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception problem) when (problem is not (OutOfMemoryException or StackOverflowException))
            {
                pause = BackOff(++failures);
                failure = problem.Message;
                Report(problem, failures);
            }

            await Task.Delay(pause, Time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>
    /// Whether everything else would fail as well: the database is away, or the work was ended. What fails otherwise is the
    /// item's own fault and must not hold the others; so is taking longer than a statement may, else one item that is too
    /// large would stop them all.
    /// </summary>
    internal static bool IsOutage(Exception failure) => failure is OperationCanceledException or DatabaseUnavailableException
        or NpgsqlException { IsTransient: true, InnerException: not TimeoutException };

    private TimeSpan BackOff(int failures)
    {
        var wait = Interval * Math.Pow(2, Math.Min(failures, 10));
        return wait < LongestBackOff ? wait : LongestBackOff;
    }

    /// <summary>A database that is away is told once; anything else each time.</summary>
    private void Report(Exception problem, int failures)
    {
        if (problem is not (DatabaseUnavailableException or NpgsqlException { IsTransient: true }))
        {
            LogFailed(log, problem, Name);
        }
        else if (failures == 1)
        {
            LogDatabaseAway(log, Name, problem.Message);
        }
    }

    [LoggerMessage(LogLevel.Error, "{Worker} failed and tries again.")]
    private static partial void LogFailed(ILogger log, Exception problem, string worker);

    [LoggerMessage(LogLevel.Warning, "{Worker} waits for the database: {Reason}")]
    private static partial void LogDatabaseAway(ILogger log, string worker, string reason);
}
