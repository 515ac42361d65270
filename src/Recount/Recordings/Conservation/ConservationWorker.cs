using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Recount.Database;

namespace Recount.Recordings.Conservation;

/// <summary>The one roller that folds conservation's deltas.</summary>
public sealed class ConservationWorker(
    Db db,
    ConservationStore store,
    IOptions<RecordingsOptions> options,
    TimeProvider time,
    ILogger<ConservationWorker> log) : Worker(db, time, log)
{
    public override string Name => "conservation";

    protected override TimeSpan Interval => options.Value.ConservationInterval;

    protected override Task RunOnceAsync(CancellationToken token) => store.FoldAsync(token);
}
