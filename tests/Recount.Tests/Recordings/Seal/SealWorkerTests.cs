using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Recount.Recordings;
using Recount.Recordings.Seal;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Recordings.Seal;

public sealed class SealWorkerTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const int Pages = 12;
    private static readonly RecordingsOptions Four = new() { ConcurrentSeals = 4 };

    [Fact]
    public async Task Pages_that_two_processes_seal_at_once_get_one_part_each()
    {
        var clock = new TestClock();
        using var archive = await Archive.CreateAsync(postgres, clock);
        var pages = await IndexAsync(archive);
        using var one = NewWorker(archive, clock);
        using var two = NewWorker(archive, clock);

        await SealAsync(clock, one, two);

        foreach (var page in pages)
        {
            Assert.Equal(2, Assert.Single(await archive.PartsAsync(page.PageId)).Footer.Chunks.Count);
        }

        await archive.ExpectAsync(archived: 2 * Pages);
    }

    [Fact]
    public async Task A_page_that_cannot_be_sealed_holds_no_other()
    {
        var clock = new TestClock();
        using var archive = await Archive.CreateAsync(postgres, clock);
        var pages = await IndexAsync(archive);
        var blocked = pages[0].PageId;
        File.WriteAllText(Directory.CreateDirectory(archive.PathOf(Path.GetDirectoryName(
            Path.GetDirectoryName(PartKeys.Recording(blocked, 0))!)!)).FullName + $"/{blocked.Page}", "no directory");
        using var worker = NewWorker(archive, clock);

        await SealAsync(clock, worker);

        Assert.Empty(await archive.PartsAsync(blocked));
        await archive.ExpectAsync(archived: 2 * (Pages - 1), pending: 2);
    }

    private static async Task<TestChunk[]> IndexAsync(Archive archive)
    {
        TestChunk[] pages = [.. Enumerable.Range(0, Pages).Select(_ => archive.NewPage())];
        await archive.IndexAsync(
            archive.NewArchiver(), [.. pages, .. pages.Select(page => (page with { Seq = 1 }).Unique())]);
        return pages;
    }

    private static SealWorker NewWorker(Archive archive, TestClock clock) => new(
        archive.Db, archive.NewArchiver(Four).Sealer, Options.Create(Four), clock, NullLogger<SealWorker>.Instance);

    /// <summary>One look to see the pages, and one after they have been quiet.</summary>
    private static async Task SealAsync(TestClock clock, params SealWorker[] workers)
    {
        await Task.WhenAll(workers.Select(worker => worker.SealDueAsync(CancellationToken.None)));
        clock.Advance(Four.QuietPeriod);
        await Task.WhenAll(workers.Select(worker => worker.SealDueAsync(CancellationToken.None)));
    }
}
