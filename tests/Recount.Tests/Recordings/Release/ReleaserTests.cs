using Recount.Capture.Intake;
using Recount.Recordings;
using Recount.Recordings.Seal;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Recordings.Release;

public sealed class ReleaserTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task An_object_whose_every_frame_is_kept_elsewhere_is_released()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        var key = await archive.IndexAsync(
            archiver, page, page.Gzip(), page.Unique(), (page with { Seq = 1 }).With("not JSON"), page with { WriteKey = "other" });
        await archiver.SealAsync(page);

        Assert.Null(await ReleaseAsync(archiver, key));

        Assert.Empty(archive.Keys("intake"));
        await archive.ExpectAsync(archived: 1, duplicate: 1, quarantined: 3);
    }

    [Fact]
    public async Task A_chunk_that_waits_to_be_sealed_keeps_its_object()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        var key = await archive.IndexAsync(archiver, page, (page with { Seq = 1 }).Unique());

        Assert.NotNull(await ReleaseAsync(archiver, key));
        Assert.Equal([key.Path], archive.Keys("intake"));
    }

    [Fact]
    public async Task An_object_that_is_not_indexed_is_kept_though_parts_hold_all_of_it()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        await archive.IndexAsync(archiver, page);
        await archiver.SealAsync(page);
        var late = await archive.AcceptAsync(page);

        Assert.NotNull(await ReleaseAsync(archiver, late));
        await archiver.TakeAsync(late);
        Assert.Null(await ReleaseAsync(archiver, late));
        await archive.ExpectAsync(archived: 1, duplicate: 1);
    }

    [Fact]
    public async Task A_duplicate_that_comes_while_its_object_is_released_is_a_duplicate()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var (releasing, indexing) = (archive.NewArchiver(), archive.NewArchiver());
        var page = archive.NewPage();
        var key = await archive.IndexAsync(indexing, page);
        await indexing.SealAsync(page);
        var late = await archive.AcceptAsync(page);
        await using var held = await HeldTable.HoldAsync(archive.Connections, "intake_release");
        var release = Task.Run(() => ReleaseAsync(releasing, key));
        await held.UntilBlockedAsync(1);
        await indexing.TakeAsync(late);
        await held.ReleaseAsync();

        Assert.Null(await release);
        Assert.Null(await ReleaseAsync(releasing, late));
        Assert.Empty(await archive.PendingAsync(page.PageId));
        await archive.ExpectAsync(archived: 1, duplicate: 1);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(-81)]
    [InlineData(-300)]
    public async Task A_part_whose_footer_is_damaged_keeps_the_object(long flipped)
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        var key = await archive.IndexAsync(archiver, page);
        await archiver.SealAsync(page);
        archive.Flip(PartKeys.Recording(page.PageId, 0), flipped);

        Assert.Contains("Frame 0", await ReleaseAsync(archiver, key), StringComparison.Ordinal);
        Assert.Equal([key.Path], archive.Keys("intake"));
    }

    [Fact]
    public async Task A_part_that_is_gone_keeps_the_object()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        var key = await archive.IndexAsync(archiver, page);
        await archiver.SealAsync(page);
        File.Delete(archive.PathOf(PartKeys.Recording(page.PageId, 0)));

        Assert.Contains("Frame 0", await ReleaseAsync(archiver, key), StringComparison.Ordinal);
        Assert.Equal([key.Path], archive.Keys("intake"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_quarantine_object_that_is_gone_or_damaged_keeps_the_object(bool isGone)
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var key = await archive.IndexAsync(archiver, archive.NewPage().With("not JSON"));
        var quarantined = Assert.Single(archive.Keys("quarantine"));
        if (isGone)
        {
            File.Delete(archive.PathOf(quarantined));
        }
        else
        {
            archive.Flip(quarantined, 30);
        }

        Assert.NotNull(await ReleaseAsync(archiver, key));
        Assert.Equal([key.Path], archive.Keys("intake"));
    }

    [Fact]
    public async Task A_frame_that_rotted_since_it_was_indexed_keeps_the_object()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        var key = await archive.IndexAsync(archiver, page);
        var row = Assert.Single(await archive.PendingAsync(page.PageId));
        await archiver.SealAsync(page);
        archive.Flip(key.Path, row.FrameOffset + row.FrameLength - 5);

        Assert.NotNull(await ReleaseAsync(archiver, key));
    }

    [Fact]
    public async Task A_crash_between_the_row_and_the_file_ends_with_the_file_gone()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        var key = await archive.IndexAsync(archiver, page);
        await archiver.SealAsync(page);
        var bytes = await File.ReadAllBytesAsync(archive.PathOf(key.Path));
        await ReleaseAsync(archiver, key);
        await archive.PutAsync(key.Path, bytes);

        await archive.NewArchiver(new RecordingsOptions { ReleaseGrace = TimeSpan.Zero }).Releases.ReleaseDueAsync(CancellationToken.None);

        Assert.Empty(archive.Keys("intake"));
    }

    [Fact]
    public async Task A_crash_between_an_object_and_its_closing_sibling_ends_with_both_gone()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        var key = await archive.IndexAsync(archiver, page);
        await archiver.SealAsync(page);
        await archive.PutAsync(key.ClosePath, [1, 2, 3]);
        File.Delete(archive.PathOf(key.Path));
        await archive.TamperAsync(
            "INSERT INTO recount.intake_release VALUES (@Node, @Boot, @N, '2030-01-01')", new { key.Node, key.Boot, key.N });

        await archive.NewArchiver(new RecordingsOptions { ReleaseGrace = TimeSpan.Zero }).Releases.ReleaseDueAsync(CancellationToken.None);

        Assert.Empty(archive.Keys("intake"));
    }

    [Fact]
    public async Task Nothing_is_released_before_its_grace_is_over()
    {
        var clock = new TestClock();
        using var archive = await Archive.CreateAsync(postgres, clock);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        var key = await archive.IndexAsync(archiver, page);
        await archiver.SealAsync(page);
        var releases = archive.NewArchiver(new RecordingsOptions { ReleaseGrace = TimeSpan.FromHours(24) }).Releases;

        clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromMilliseconds(1));
        await releases.ReleaseDueAsync(CancellationToken.None);
        Assert.Equal([key.Path], archive.Keys("intake"));
        clock.Advance(TimeSpan.FromMilliseconds(1));
        await releases.ReleaseDueAsync(CancellationToken.None);
        Assert.Empty(archive.Keys("intake"));
    }

    [Fact]
    public async Task One_object_that_cannot_be_released_does_not_hold_the_others()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var (damaged, whole) = (archive.NewPage(), archive.NewPage());
        var kept = await archive.IndexAsync(archiver, damaged);
        await archive.IndexAsync(archiver, whole);
        await archiver.SealAsync(damaged);
        await archiver.SealAsync(whole);
        archive.Flip(PartKeys.Recording(damaged.PageId, 0), -300);

        await archive.NewArchiver(new RecordingsOptions { ReleaseGrace = TimeSpan.Zero }).Releases.ReleaseDueAsync(CancellationToken.None);

        Assert.Equal([kept.Path], archive.Keys("intake"));
    }

    private static Task<string?> ReleaseAsync(Archiver archiver, IntakeKey key) =>
        archiver.Releaser.ReleaseAsync(key, CancellationToken.None);
}
