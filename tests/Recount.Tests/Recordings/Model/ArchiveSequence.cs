using System.IO.Compression;
using Recount.Capture.Intake;
using Recount.Recordings.Index;
using Recount.Recordings.Seal;

namespace Recount.Tests.Recordings.Model;

/// <summary>One random life of an account's chunks: two archivers, their steps in any order, crashes between them.</summary>
internal sealed class ArchiveSequence
{
    private const int Steps = 24;
    private const int MaxSeq = 5;
    private readonly Archive archive;
    private readonly Archiver[] archivers;
    private readonly Random random;
    private readonly List<TestChunk> pages = [];
    private readonly Dictionary<(PageId Page, int Seq), TestChunk> originals = [];
    private readonly List<(IntakeKey Key, List<SentChunk> Frames)> unindexed = [];
    private readonly List<IntakeKey> indexed = [];
    private readonly List<PartPlan> plans = [];
    private readonly List<ProvenPart> proven = [];
    private readonly List<string> log = [];
    private readonly Guid boot = Guid.NewGuid();
    private long nextN;
    private TimeSpan sinceHour;

    public ArchiveSequence(Archive archive, Archiver[] archivers, int seed)
    {
        this.archive = archive;
        this.archivers = archivers;
        random = new Random(seed);
        for (var session = 0; session < 2; session++)
        {
            var first = archive.NewPage() with { Account = Account };
            pages.Add(first);
            pages.Add(first with { Page = Guid.NewGuid() });
        }
    }

    public Guid Account { get; } = Guid.NewGuid();

    public ArchiveModel Model { get; } = new();

    public IEnumerable<TestChunk> Pages => pages;

    /// <summary>What was done, for the message of a failing test.</summary>
    public string Log => string.Join('\n', log);

    public async Task RunAsync()
    {
        await AcceptAsync();
        for (var step = 0; step < Steps; step++)
        {
            await StepAsync();
        }

        await DrainAsync();
    }

    private Task StepAsync() => random.Next(12) switch
    {
        0 or 1 or 2 => AcceptAsync(),
        3 or 4 => IndexAsync(),
        5 => SealAsync(Pick(pages)),
        6 => PlanAsync(),
        7 => WriteAsync(),
        8 => CommitAsync(),
        9 => CrashAsync(),
        10 => ReleaseAsync(),
        _ => FoldAsync(),
    };

    private async Task AcceptAsync()
    {
        var frames = Enumerable.Range(0, random.Next(1, 5)).Select(_ => NewFrame()).ToList();
        var key = new IntakeKey(archive.Node, boot, nextN++);
        await archive.AcceptAsync(key, [.. frames.Select(frame => frame.Chunk)]);
        unindexed.Add((key, frames));
        log.Add($"accept {key.N}: {string.Join(", ", frames.Select(Describe))}");
    }

    private SentChunk NewFrame()
    {
        // Some minutes apart, so that a sequence crosses hours.
        sinceHour += TimeSpan.FromMinutes(random.Next(0, 20));
        var page = Pick(pages) with { Seq = random.Next(MaxSeq + 1), ReceivedAt = TestChunk.Hour + sinceHour };
        var identity = (page.PageId, page.Seq);
        if (!originals.TryGetValue(identity, out var original))
        {
            originals[identity] = original = page.Unique();
        }

        var chunk = page with { Body = original.Body };
        return random.Next(12) switch
        {
            0 => Other(page.Unique()),
            1 => new SentChunk(page.With("broken " + Guid.NewGuid()), null),
            2 => new SentChunk(chunk with { WriteKey = "another" }, chunk.Body),
            3 => new SentChunk(chunk.Gzip(), chunk.Body),
            4 => new SentChunk(chunk.Gzip(CompressionLevel.NoCompression), chunk.Body),
            _ => new SentChunk(chunk, chunk.Body),
        };
    }

    private static SentChunk Other(TestChunk chunk) => new(chunk, chunk.Body);

    private async Task IndexAsync()
    {
        if (unindexed.Count == 0)
        {
            return;
        }

        var at = random.Next(unindexed.Count);
        var (key, frames) = unindexed[at];
        unindexed.RemoveAt(at);
        log.Add($"index {key.N}");
        var racers = archivers.Take(random.Next(1, archivers.Length + 1)).Select(archiver => archiver.TakeAsync(key));
        Assert.Single(await Task.WhenAll(racers), taken => taken);
        Model.Index(frames);
        indexed.Add(key);
    }

    private async Task SealAsync(TestChunk page)
    {
        log.Add($"seal {pages.IndexOf(page)}");
        await Pick(archivers).SealAsync(page);
    }

    private async Task PlanAsync()
    {
        var page = Pick(pages);
        if (await Pick(archivers).Sealer.PlanAsync(page.PageId, CancellationToken.None) is { } plan)
        {
            log.Add($"plan {pages.IndexOf(page)} part {plan.Part}: {string.Join(' ', plan.Chunks.Select(chunk => chunk.Chunk.Seq))}");
            plans.Add(plan);
        }
    }

    private async Task WriteAsync()
    {
        if (Take(plans) is { } plan && await Pick(archivers).Writer.WriteAsync(plan, CancellationToken.None) is { } part)
        {
            log.Add($"write {pages.FindIndex(page => page.PageId == plan.Page)} part {plan.Part}");
            proven.Add(part);
        }
    }

    private async Task CommitAsync()
    {
        if (Take(proven) is { } part)
        {
            log.Add($"commit {pages.FindIndex(page => page.PageId == part.Page)} part {part.Footer.Part}");
            await Pick(archivers).Sealer.CommitAsync(part, CancellationToken.None);
        }
    }

    private Task CrashAsync()
    {
        log.Add("crash");
        plans.Clear();
        proven.Clear();
        return Task.CompletedTask;
    }

    private async Task ReleaseAsync()
    {
        if (indexed.Count > 0)
        {
            await Pick(archivers).Releaser.ReleaseAsync(Pick(indexed), CancellationToken.None);
        }
    }

    private Task FoldAsync() => Pick(archivers).Conservation.FoldAsync(CancellationToken.None);

    private async Task DrainAsync()
    {
        while (unindexed.Count > 0)
        {
            await IndexAsync();
        }

        foreach (var page in pages)
        {
            while (await archivers[0].SealAsync(page) is not null)
            {
            }
        }

        foreach (var key in indexed)
        {
            await archivers[1].Releaser.ReleaseAsync(key, CancellationToken.None);
        }

        await FoldAsync();
    }

    public IReadOnlyList<string> IntakeLeft() => archive.Keys(IntakeKey.BootPrefix(archive.Node, boot));

    private string Describe(SentChunk frame) =>
        $"{pages.FindIndex(page => page.PageId == frame.Chunk.PageId)}/{frame.Chunk.Seq}"
        + (frame.Content is null ? " broken" : originals[(frame.Chunk.PageId, frame.Chunk.Seq)].Body == frame.Content ? "" : " other")
        + (frame.Chunk.WriteKey.Length > 0 ? " foreign" : "") + (frame.Chunk.Query.Length > 0 ? " gzip" : "");

    private T Pick<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];

    private T? Take<T>(List<T> items)
        where T : class
    {
        if (items.Count == 0)
        {
            return null;
        }

        var at = random.Next(items.Count);
        var item = items[at];
        items.RemoveAt(at);
        return item;
    }
}
