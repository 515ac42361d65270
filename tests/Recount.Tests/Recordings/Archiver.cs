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
    private readonly Db db;
    private readonly TimeProvider time;

    public Archiver(Db db, Archive archive, TimeProvider time, RecordingsOptions recordings, ILoggerFactory? logs = null)
    {
        logs ??= NullLoggerFactory.Instance;
        (this.db, this.time) = (db, time);
        var (options, quarantine) = (Options.Create(recordings), new QuarantineStore(time));
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
        Blocks = new PageBlocks(archive.Objects, Bodies);
        Summaries = new SummaryWorker(db, options, time, logs.CreateLogger<SummaryWorker>());
        var boots = new IntakeBootStore(db);
        Cleaner = new BootCleaner(Intake, archive.Objects, boots, options, time, logs.CreateLogger<BootCleaner>());
        Releases = new ReleaseWorker(db, Intake, Releaser, Cleaner, options, time, logs.CreateLogger<ReleaseWorker>());
        Boots = new BootAuditor(Intake, boots, time);
        Taker = new IntakeTaker(Auditor, Indexer, options, logs.CreateLogger<IntakeTaker>());
        Takes = new IndexWorker(db, Follower, Taker, Boots, options, time, logs.CreateLogger<IndexWorker>());
        Deferrals = new DeferredWorker(db, Deferred, Shares, options, time, logs.CreateLogger<DeferredWorker>());
        Reread = new QuarantineReread(db, archive.Objects, Indexer, time);
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

    public SessionReader Reader => new(db);

    public PageBlocks Blocks { get; }

    public SessionEntries Entries => new(Blocks, Bodies, db, metrics);

    public SummaryWorker Summaries { get; }

    public ReleaseWorker Releases { get; }

    public IntakeTaker Taker { get; }

    public IndexWorker Takes { get; }

    public IntakeFindings Findings => new(new IntakeBootStore(db), Intake);

    public BootAuditor Boots { get; }

    public BootCleaner Cleaner { get; }

    public DeferredFrames Deferred => new(Intake, Indexer);

    public DeferredWorker Deferrals { get; }

    public QuarantineReread Reread { get; }

    public ConservationStore Conservation => new(db);

    public ConservationReport Report => new(Conservation, new SeenSessionStore(db), new PageCountStore(db), time);

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
