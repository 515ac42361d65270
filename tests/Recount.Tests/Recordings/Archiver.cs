using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Recount.Capture.Intake;
using Recount.Database;
using Recount.Primitives;
using Recount.Recordings;
using Recount.Recordings.Conservation;
using Recount.Recordings.Index;
using Recount.Recordings.Quarantine;
using Recount.Recordings.Reading;
using Recount.Recordings.Release;
using Recount.Recordings.Seal;
using Recount.Recordings.Summaries;

namespace Recount.Tests.Recordings;

/// <summary>The archive's steps as one process has them; a test may have several and runs their steps in any order.</summary>
internal sealed class Archiver : IDisposable
{
    private readonly RecordingsMetrics metrics = new();

    public Archiver(Db db, Archive archive, TimeProvider time, RecordingsOptions recordings, ILoggerFactory? logs = null)
    {
        logs ??= NullLoggerFactory.Instance;
        var options = Options.Create(recordings);
        var quarantine = new QuarantineStore(time);
        Intake = new IntakeReader(archive.Objects);
        Shares = new InflationShares(recordings, time);
        Auditor = new IntakeAuditor(db, time);
        Indexer = new Indexer(
            db, archive.Objects, new IndexStore(time), quarantine, Shares, options, metrics, logs.CreateLogger<Indexer>());
        Follower = new IntakeFollower(db, Intake, logs.CreateLogger<IntakeFollower>());
        Bodies = new ChunkBodies(Intake, archive.Objects);
        Writer = new PartWriter(archive.Objects, Bodies, archive.Identity, archive.Data, time, options);
        Sealer = new PageSealer(
            db, Writer, Bodies, archive.Objects, quarantine, metrics, time, logs.CreateLogger<PageSealer>());
        Releaser = new Releaser(db, Intake, archive.Objects, metrics, time, logs.CreateLogger<Releaser>());
        Reader = new SessionReader(db);
        Blocks = new PageBlocks(archive.Objects, Bodies);
        Entries = new SessionEntries(Blocks);
        Summaries = new SummaryWorker(db, options, time, logs.CreateLogger<SummaryWorker>());
        Releases = new ReleaseWorker(db, Intake, Releaser, options, time, logs.CreateLogger<ReleaseWorker>());
        Takes = new IndexWorker(db, Follower, Auditor, Indexer, options, time, logs.CreateLogger<IndexWorker>());
        Deferrals = new DeferredWorker(
            db, new DeferredFrames(Intake, Indexer), Shares, options, time, logs.CreateLogger<DeferredWorker>());
        Reread = new QuarantineReread(db, archive.Objects, Indexer, time);
        Conservation = new ConservationStore(db);
    }

    public IntakeReader Intake { get; }

    public InflationShares Shares { get; }

    public IntakeAuditor Auditor { get; }

    public Indexer Indexer { get; }

    public IntakeFollower Follower { get; }

    public ChunkBodies Bodies { get; }

    public PartWriter Writer { get; }

    public PageSealer Sealer { get; }

    public Releaser Releaser { get; }

    public SessionReader Reader { get; }

    public PageBlocks Blocks { get; }

    public SessionEntries Entries { get; }

    public SummaryWorker Summaries { get; }

    public ReleaseWorker Releases { get; }

    public IndexWorker Takes { get; }

    public DeferredWorker Deferrals { get; }

    public QuarantineReread Reread { get; }

    public ConservationStore Conservation { get; }

    /// <summary>Counts an object as accepted and indexes it.</summary>
    public async Task<bool> TakeAsync(IntakeKey key)
    {
        var source = await Intake.ReadAsync(key, ReadFrom.Cache, CancellationToken.None);
        await Auditor.AuditAsync(source!, CancellationToken.None);
        return await Indexer.IndexAsync(Indexer.Judge(source!), CancellationToken.None);
    }

    public Task<ProvenPart?> SealAsync(TestChunk chunk) => Sealer.SealAsync(chunk.PageId, CancellationToken.None);

    public void Dispose()
    {
        Summaries.Dispose();
        Releases.Dispose();
        Takes.Dispose();
        metrics.Dispose();
    }
}
