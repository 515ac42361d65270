using Recount.Recordings.Seal;
using Recount.Tests.Infrastructure;
using Recount.Wire.Segments;

namespace Recount.Tests.Recordings.Seal;

/// <summary>Steps of two archivers in chosen order; each is a process of its own with what it knew when it planned.</summary>
public sealed class TwoArchiversTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task An_archiver_that_died_between_object_and_row_left_the_part()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var (dead, alive) = (archive.NewArchiver(), archive.NewArchiver());
        var page = archive.NewPage();
        await archive.IndexAsync(dead, page, (page with { Seq = 2 }).Unique());
        var written = await dead.Writer.WriteAsync((await PlanAsync(dead, page))!, CancellationToken.None);
        await archive.IndexAsync(alive, (page with { Seq = 1 }).Unique());

        var adopted = await alive.SealAsync(page);
        var rest = await alive.SealAsync(page);

        Assert.Equal(written!.Root, adopted!.Root);
        Assert.Equal([0, 2], adopted.Footer.Chunks.Select(chunk => chunk.Seq));
        Assert.Equal([1], rest!.Footer.Chunks.Select(chunk => chunk.Seq));
        Assert.Equal(1, rest.Footer.Part);
        Assert.Equal(adopted.Root, rest.Footer.PreviousRoot);
        Assert.Null(await alive.SealAsync(page));
        await archive.ExpectAsync(archived: 3);
    }

    [Fact]
    public async Task An_archiver_that_died_before_its_event_part_left_a_recording_that_gets_one()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var (dead, alive) = (archive.NewArchiver(), archive.NewArchiver());
        var page = archive.NewPage();
        await archive.IndexAsync(dead, page);
        await dead.Writer.WriteAsync((await PlanAsync(dead, page))!, CancellationToken.None);
        File.Delete(archive.PathOf(PartKeys.Events(page.PageId, 0)));

        var adopted = await alive.SealAsync(page);

        Assert.Equal(0, adopted!.Footer.Part);
        Assert.Equal([PartKeys.Events(page.PageId, 0)], archive.Keys("events"));
    }

    [Fact]
    public async Task Two_archivers_with_the_same_plan_make_one_part()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var (one, two) = (archive.NewArchiver(), archive.NewArchiver());
        var page = archive.NewPage();
        await archive.IndexAsync(one, page, (page with { Seq = 1 }).Unique());
        var (planOfOne, planOfTwo) = ((await PlanAsync(one, page))!, (await PlanAsync(two, page))!);

        var ofOne = await one.Writer.WriteAsync(planOfOne, CancellationToken.None);
        var ofTwo = await two.Writer.WriteAsync(planOfTwo, CancellationToken.None);
        await two.Sealer.CommitAsync(ofTwo!, CancellationToken.None);
        await one.Sealer.CommitAsync(ofOne!, CancellationToken.None);

        Assert.Equal(ofOne!.Root, ofTwo!.Root);
        Assert.Single(await archive.PartsAsync(page.PageId));
        Assert.Single(archive.Keys("recordings"));
        await archive.ExpectAsync(archived: 2);
    }

    [Fact]
    public async Task Two_archivers_that_seal_at_once_make_one_part()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archivers = Enumerable.Range(0, 6).Select(_ => archive.NewArchiver()).ToList();
        var page = archive.NewPage();
        await archive.IndexAsync(archivers[0], [.. Enumerable.Range(0, 4).Select(seq => (page with { Seq = seq }).Unique())]);

        await Task.WhenAll(archivers.Select(archiver => Task.Run(() => archiver.SealAsync(page))));

        Assert.Single(await archive.PartsAsync(page.PageId));
        await archive.ExpectAsync(archived: 4);
    }

    [Fact]
    public async Task A_stale_plan_changes_nothing_of_what_was_sealed_since()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var (slow, fast) = (archive.NewArchiver(), archive.NewArchiver());
        var page = archive.NewPage();
        await archive.IndexAsync(fast, page);
        var stale = (await PlanAsync(slow, page))!;
        await fast.SealAsync(page);
        await archive.IndexAsync(fast, (page with { Seq = 1 }).Unique());
        await fast.SealAsync(page);
        await archive.IndexAsync(fast, (page with { Seq = 2 }).Unique());

        var part = await slow.Writer.WriteAsync(stale, CancellationToken.None);
        await slow.Sealer.CommitAsync(part!, CancellationToken.None);

        Assert.Equal([0, 1], (await archive.PartsAsync(page.PageId)).Select(row => row.Footer.Part));
        await archive.ExpectAsync(pending: 1, archived: 2);
        Assert.Equal([2], (await slow.SealAsync(page))!.Footer.Chunks.Select(chunk => chunk.Seq));
        await archive.ExpectAsync(archived: 3);
    }

    [Fact]
    public async Task A_part_that_rots_between_two_archivers_is_not_sealed_a_second_time_under_the_next_number()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var (slow, fast) = (archive.NewArchiver(), archive.NewArchiver());
        var page = archive.NewPage();
        await archive.IndexAsync(slow, page);
        var proven = await slow.Writer.WriteAsync((await PlanAsync(slow, page))!, CancellationToken.None);
        archive.Flip(PartKeys.Recording(page.PageId, 0), 20);
        var second = await fast.SealAsync(page);

        // Part 1 holds the chunk by now; the row of part 0 must not come after it.
        await Assert.ThrowsAsync<SegmentException>(() => slow.Sealer.CommitAsync(proven!, CancellationToken.None));

        Assert.Equal(1, second!.Footer.Part);
        Assert.Equal([1], (await archive.PartsAsync(page.PageId)).Select(row => row.Footer.Part));
        await archive.ExpectAsync(archived: 1);
    }

    [Fact]
    public async Task A_stale_plan_that_finds_the_part_rotten_does_not_seal_its_chunks_again()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var (slow, fast) = (archive.NewArchiver(), archive.NewArchiver());
        var page = archive.NewPage();
        await archive.IndexAsync(fast, page);
        var stale = (await PlanAsync(slow, page))!;
        await fast.SealAsync(page);
        archive.Flip(PartKeys.Recording(page.PageId, 0), 20);

        await Assert.ThrowsAsync<SegmentException>(() => slow.Writer.WriteAsync(stale, CancellationToken.None));
        Assert.Null(await slow.SealAsync(page));

        var skipped = await slow.Writer.WriteAsync(stale with { Part = 1 }, CancellationToken.None);
        await Assert.ThrowsAsync<SegmentException>(() => slow.Sealer.CommitAsync(skipped!, CancellationToken.None));
        await archive.ExpectAsync(archived: 1);
    }

    [Fact]
    public async Task The_next_part_is_planned_only_behind_the_row_of_the_one_before()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var (dead, alive) = (archive.NewArchiver(), archive.NewArchiver());
        var page = archive.NewPage();
        await archive.IndexAsync(dead, page);
        await dead.Writer.WriteAsync((await PlanAsync(dead, page))!, CancellationToken.None);
        await archive.IndexAsync(alive, (page with { Seq = 1 }).Unique());

        var plan = (await PlanAsync(alive, page))!;

        Assert.Equal(0, plan.Part);
        Assert.Null(plan.PreviousRoot);
        Assert.Equal([0, 1], plan.Chunks.Select(chunk => chunk.Chunk.Seq));
    }

    private static Task<PartPlan?> PlanAsync(Archiver archiver, TestChunk page) =>
        archiver.Sealer.PlanAsync(page.PageId, CancellationToken.None);
}
