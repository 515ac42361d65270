using Dapper;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Recount.Database;
using Recount.Recordings.Index;

namespace Recount.Recordings.Seal;

/// <summary>Seals the pages that are due.</summary>
public sealed partial class SealWorker(
    Db db,
    PageSealer sealer,
    IOptions<RecordingsOptions> options,
    TimeProvider time,
    ILogger<SealWorker> log) : Worker(db, time, log)
{
    private readonly QuietPages quiet = new(options.Value, time);

    public override string Name => "seal";

    protected override TimeSpan Interval => options.Value.SealInterval;

    protected override Task RunOnceAsync(CancellationToken token) => SealDueAsync(token);

    /// <summary>Seals every page that is due, some at once; never one page twice at once.</summary>
    public async Task SealDueAsync(CancellationToken token)
    {
        var due = quiet.Due(await UnsealedAsync(token));
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = options.Value.ConcurrentSeals,
            CancellationToken = token,
        };
        await Parallel.ForEachAsync(due, parallel, async (page, stop) => await TrySealAsync(page.Page, stop));
    }

    private async Task TrySealAsync(PageId page, CancellationToken token)
    {
        try
        {
            await sealer.SealAsync(page, token);
            quiet.Sealed(page);
        }
        catch (Exception failure) when (!IsOutage(failure))
        {
            // One page that cannot be sealed must not hold the others; it is due again at the next round.
            LogNotSealed(failure, page.Session, page.Page);
        }
    }

    private async Task<List<UnsealedPage>> UnsealedAsync(CancellationToken token)
    {
        const string unsealed = """
            SELECT account, session, page, count(*), sum(received_bytes), max(seq), bool_or(is_last)
            FROM recount.chunk
            GROUP BY account, session, page
            """;
        await using var connection = await Db.OpenAsync(token);
        var rows = await connection.QueryAsync<(Guid Account, Guid Session, Guid Page, long Chunks, long Bytes, int NewestSeq, bool HasEnded)>(
            new CommandDefinition(unsealed, cancellationToken: token));
        return [.. rows.Select(row => new UnsealedPage(
            new PageId(row.Account, row.Session, row.Page), row.Chunks, row.Bytes, row.NewestSeq, row.HasEnded))];
    }

    [LoggerMessage(LogLevel.Error, "Page {Page} of session {Session} could not be sealed; it is tried again.")]
    private partial void LogNotSealed(Exception failure, Guid session, Guid page);
}
