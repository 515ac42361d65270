using Dapper;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Recount.Capture.Intake;
using Recount.Database;

namespace Recount.Recordings.Release;

/// <summary>Offers indexed objects to the releaser when their grace is over.</summary>
public sealed partial class ReleaseWorker(
    Db db,
    IntakeReader intake,
    Releaser releaser,
    BootCleaner cleaner,
    IOptions<RecordingsOptions> options,
    TimeProvider time,
    ILogger<ReleaseWorker> log) : Worker(db, time, log)
{
    public override string Name => "release";

    protected override TimeSpan Interval => options.Value.ReleaseInterval;

    /// <summary>Releases what can be released now.</summary>
    public async Task ReleaseDueAsync(CancellationToken token)
    {
        // What is listed is what there is: an object whose row was written and whose file outlived a crash comes again.
        foreach (var (node, boot) in await intake.BootsAsync(token))
        {
            var due = await DueAsync(node, boot, token);
            await foreach (var key in intake.ListAsync(node, boot, 0, token))
            {
                if (due.Contains(key.N))
                {
                    await TryAsync(key.Path, () => releaser.ReleaseAsync(key, token));
                }
            }

            await TryAsync(IntakeKey.BootPrefix(node, boot), () => CleanAsync(node, boot, token));
        }
    }

    protected override Task RunOnceAsync(CancellationToken token) => ReleaseDueAsync(token);

    private async Task CleanAsync(Guid node, Guid boot, CancellationToken token)
    {
        foreach (var key in (await intake.ReadBootAsync(node, boot, token)).Closings)
        {
            await releaser.RemoveClosingAsync(key, token);
        }

        await cleaner.CleanAsync(node, boot, token);
    }

    private async Task TryAsync(string key, Func<Task> release)
    {
        try
        {
            await release();
        }
        catch (Exception failure) when (!IsOutage(failure))
        {
            // One object that cannot be read must not hold the others; it is tried again at the next round.
            LogNotReleased(failure, key);
        }
    }

    private async Task<HashSet<long>> DueAsync(Guid node, Guid boot, CancellationToken token)
    {
        const string due = """
            SELECT n FROM recount.intake_object o
            WHERE node = @node AND boot = @boot AND indexed_at <= @before
              AND NOT EXISTS (SELECT FROM recount.chunk c WHERE c.node = o.node AND c.boot = o.boot AND c.n = o.n)
              AND NOT EXISTS (
                SELECT FROM recount.deferred_frame d WHERE d.node = o.node AND d.boot = o.boot AND d.n = o.n)
            """;
        await using var connection = await Db.OpenAsync(token);
        var before = Time.GetUtcNow() - options.Value.ReleaseGrace;
        return (await connection.QueryAsync<long>(
            new CommandDefinition(due, new { node, boot, before }, cancellationToken: token))).ToHashSet();
    }

    [LoggerMessage(LogLevel.Error, "'{Key}' could not be released; it is tried again.")]
    private partial void LogNotReleased(Exception failure, string key);
}
