using System.IO.Compression;
using Recount.Recordings.Seal;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Recordings.Seal;

/// <summary>A chunk is sent again while, or after, its page is sealed.</summary>
public sealed class ResendWhileSealingTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_chunk_sent_again_between_plan_and_commit_is_a_duplicate()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        await archive.IndexAsync(archiver, page);
        var plan = await archiver.Sealer.PlanAsync(page.PageId, CancellationToken.None);
        await archive.IndexAsync(archiver, page);
        var part = await archiver.Writer.WriteAsync(plan!, CancellationToken.None);
        await archive.IndexAsync(archiver, page);
        await archiver.Sealer.CommitAsync(part!, CancellationToken.None);

        await archive.ExpectAsync(archived: 1, duplicate: 2);
        Assert.Empty(await archive.PendingAsync(page.PageId));
    }

    [Fact]
    public async Task A_chunk_that_waits_for_the_seal_to_commit_then_sees_the_part()
    {
        // The indexer is held inside its transaction, at its insert, until the sealer's has committed: one that looked
        // for parts before it inserted would leave a row that nobody ever seals.
        using var archive = await Archive.CreateAsync(postgres);
        var (sealing, indexing) = (archive.NewArchiver(), archive.NewArchiver());
        var page = archive.NewPage();
        await archive.IndexAsync(indexing, page);
        var again = await archive.AcceptAsync(page);
        await using var deltas = await HeldTable.HoldAsync(archive.Connections, "conservation_delta");
        var seal = Task.Run(() => sealing.SealAsync(page));
        await deltas.UntilBlockedAsync(1);
        var index = Task.Run(() => indexing.TakeAsync(again));
        await deltas.UntilBlockedAsync(2);
        await deltas.ReleaseAsync();

        Assert.NotNull(await seal);
        Assert.True(await index);
        Assert.Empty(await archive.PendingAsync(page.PageId));
        await archive.ExpectAsync(archived: 1, duplicate: 1);
    }

    [Fact]
    public async Task A_conflict_that_waits_for_the_seal_to_commit_goes_to_quarantine()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var (sealing, indexing) = (archive.NewArchiver(), archive.NewArchiver());
        var page = archive.NewPage();
        await archive.IndexAsync(indexing, page);
        var other = await archive.AcceptAsync(page.Unique());
        await using var deltas = await HeldTable.HoldAsync(archive.Connections, "conservation_delta");
        var seal = Task.Run(() => sealing.SealAsync(page));
        await deltas.UntilBlockedAsync(1);
        var index = Task.Run(() => indexing.TakeAsync(other));
        await deltas.UntilBlockedAsync(2);
        await deltas.ReleaseAsync();
        await Task.WhenAll(seal, index);

        await archive.ExpectAsync(archived: 1, quarantined: 1);
        Assert.Equal(["conflict"], await archive.QuarantineReasonsAsync());
    }

    [Fact]
    public async Task A_new_chunk_that_is_being_indexed_when_the_seal_commits_waits_for_the_next_part()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var (sealing, indexing) = (archive.NewArchiver(), archive.NewArchiver());
        var page = archive.NewPage();
        await archive.IndexAsync(indexing, page);
        var next = await archive.AcceptAsync((page with { Seq = 1 }).Unique());
        await using var facts = await HeldTable.HoldAsync(archive.Connections, "session_due");
        var index = Task.Run(() => indexing.TakeAsync(next));
        await facts.UntilBlockedAsync(1);
        var plan = await sealing.Sealer.PlanAsync(page.PageId, CancellationToken.None);
        var part = await sealing.Writer.WriteAsync(plan!, CancellationToken.None);
        var commit = Task.Run(() => sealing.Sealer.CommitAsync(part!, CancellationToken.None));
        await facts.UntilBlockedAsync(2);
        await facts.ReleaseAsync();
        await Task.WhenAll(index, commit);

        Assert.Equal([1], (await archive.PendingAsync(page.PageId)).Select(chunk => chunk.Chunk.Seq));
        await archive.ExpectAsync(pending: 1, archived: 1);
        Assert.Equal(1, (await sealing.SealAsync(page))!.Footer.Part);
    }

    [Fact]
    public async Task After_sealing_the_same_content_is_a_duplicate_however_it_is_compressed()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        await archive.IndexAsync(archiver, page);
        await archiver.SealAsync(page);

        await archive.IndexAsync(archiver, page, page.Gzip(), page.Gzip(CompressionLevel.NoCompression));

        await archive.ExpectAsync(archived: 1, duplicate: 3);
        Assert.Null(await archiver.SealAsync(page));
    }

    [Fact]
    public async Task After_sealing_other_content_is_quarantined_and_the_first_stays()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        await archive.IndexAsync(archiver, page);
        var part = await archiver.SealAsync(page);
        var before = await File.ReadAllBytesAsync(archive.PathOf(PartKeys.Recording(page.PageId, 0)));

        await archive.IndexAsync(archiver, page.Unique());

        await archive.ExpectAsync(archived: 1, quarantined: 1);
        Assert.Equal(part!.Root, Assert.Single(await archive.PartsAsync(page.PageId)).Root);
        Assert.Equal(before, await File.ReadAllBytesAsync(archive.PathOf(PartKeys.Recording(page.PageId, 0))));
    }

    [Fact]
    public async Task A_part_that_another_archiver_left_settles_the_chunks_that_came_by_other_frames()
    {
        // The working index was lost with its database and filled again from what was sent later: the part stands.
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        var other = (page with { Seq = 1 }).Unique();
        await archive.IndexAsync(archiver, page, other);
        var plan = await archiver.Sealer.PlanAsync(page.PageId, CancellationToken.None);
        await archiver.Writer.WriteAsync(plan!, CancellationToken.None);
        await archive.TamperAsync(
            "TRUNCATE recount.chunk, recount.entry_fact, recount.intake_object, recount.intake_audit, recount.intake_accepted");
        await archive.IndexAsync(archiver, page, other.Unique());

        await archiver.SealAsync(page);

        Assert.Equal(plan!.Chunks.Count, Assert.Single(await archive.PartsAsync(page.PageId)).Footer.Chunks.Count);
        Assert.Equal(["conflict"], await archive.QuarantineReasonsAsync());
        Assert.Empty(await archive.PendingAsync(page.PageId));
    }
}
