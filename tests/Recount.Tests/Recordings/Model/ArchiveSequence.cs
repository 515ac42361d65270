using Recount.Capture.Intake;
using Recount.Recordings.Index;
using Recount.Recordings.Seal;

namespace Recount.Tests.Recordings.Model;

/// <summary>One random life of an account's chunks: two archivers, their steps in any order, crashes between them.</summary>
internal sealed class ArchiveSequence
{
    private const int Steps = 24;
    private readonly Archive archive;
    private readonly Archiver[] archivers;
    private readonly Random random;
    private readonly List<TestChunk> pages = [];
    private readonly ModelTraffic traffic;
    private readonly ModelBacklog backlog;
    private readonly List<(IntakeKey Key, List<SentChunk> Frames)> unindexed = [];
    private readonly List<IntakeKey> indexed = [];
    private readonly List<PartPlan> plans = [];
    private readonly List<ProvenPart> proven = [];
    private readonly List<string> log = [];
    private readonly Guid boot = Guid.NewGuid();
    private long nextN;

    public ArchiveSequence(Archive archive, Archiver[] archivers, int seed)
    {
        this.archive = archive;
        this.archivers = archivers;
        random = new Random(seed);
        traffic = new ModelTraffic(pages, random);
        backlog = new ModelBacklog(archive, Model, Account);
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

    private Task StepAsync() => random.Next(14) switch
    {
        0 or 1 or 2 => AcceptAsync(),
        3 or 4 => IndexAsync(),
        5 => SealAsync(Pick(pages)),
        6 => PlanAsync(),
        7 => WriteAsync(),
        8 => CommitAsync(),
        9 => CrashAsync(),
        10 => ReleaseAsync(),
        11 or 12 => IndexDeferredAsync(),
        _ => FoldAsync(),
    };

    private async Task AcceptAsync()
    {
        var frames = Enumerable.Range(0, random.Next(1, 5)).Select(_ => traffic.Next()).ToList();
        var key = new IntakeKey(archive.Node, boot, nextN++);
        await archive.AcceptAsync(key, [.. frames.Select(frame => frame.Chunk)]);
        unindexed.Add((key, frames));
        log.Add($"accept {key.N}: {string.Join(", ", frames.Select(traffic.Describe))}");
    }

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
        Assert.Single(await Task.WhenAll(Racers().Select(archiver => archiver.TakeAsync(key))), taken => taken);
        await backlog.TakeAsync(key, frames);
        indexed.Add(key);
    }

    private async Task IndexDeferredAsync()
    {
        if (backlog.Count > 0)
        {
            var frame = await backlog.IndexAsync(random.Next(backlog.Count), Racers());
            log.Add($"index deferred {frame.N}/{frame.Frame}");
        }
    }

    private Archiver[] Racers() => random.Next(3) is var one && one < archivers.Length ? [archivers[one]] : archivers;

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

    private async Task FoldAsync()
    {
        await Pick(archivers).Conservation.FoldAsync(CancellationToken.None);
        await archive.FiguresAsync(Account);
    }

    private async Task DrainAsync()
    {
        while (unindexed.Count + backlog.Count > 0)
        {
            await IndexAsync();
            await IndexDeferredAsync();
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
