using Recount.Primitives;
using Recount.Recordings;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Recordings.Index;

public sealed class DeferredFramesTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    /// <summary>One chunk uses it up; the next one comes when the clock says so.</summary>
    private static readonly RecordingsOptions Small = new()
    {
        InflateBurst = new ByteSize(1),
        InflateBytesPerSecond = new ByteSize(1_000),
    };

    [Fact]
    public async Task An_account_over_its_share_waits_behind_itself_and_holds_nobody()
    {
        var clock = new TestClock();
        using var archive = await Archive.CreateAsync(postgres, clock);
        var archiver = archive.NewArchiver(Small);
        var page = archive.NewPage();
        var other = archive.NewPage() with { Account = Guid.NewGuid() };

        await archive.IndexAsync(
            archiver, page, (page with { Seq = 1 }).Unique(), (page with { Seq = 2 }).Unique(), other);

        Assert.Single(await archive.PendingAsync(page.PageId));
        Assert.Single(await archive.PendingAsync(other.PageId));
        await archive.ExpectAsync(pending: 3);
        Assert.Equal(0, await archiver.Deferrals.IndexDueAsync(CancellationToken.None));

        for (var indexed = 0; indexed < 2;)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            indexed += await archiver.Deferrals.IndexDueAsync(CancellationToken.None);
        }

        Assert.Equal(3, (await archive.PendingAsync(page.PageId)).Count);
        await archive.ExpectAsync(pending: 3);
        await archiver.Sealer.SealAsync(page.PageId, CancellationToken.None);
        await archive.ExpectAsync(archived: 3);
    }

    [Fact]
    public async Task An_object_with_a_deferred_frame_is_not_released_even_if_a_part_holds_the_same_content()
    {
        using var archive = await Archive.CreateAsync(postgres, new TestClock());
        var archiver = archive.NewArchiver(Small);
        var page = archive.NewPage();

        // The second frame is the first sent again, so that every frame of the object is proven by the part.
        var key = await archive.IndexAsync(archiver, page, page);
        await archiver.Sealer.SealAsync(page.PageId, CancellationToken.None);

        Assert.NotNull(await archiver.Releaser.ReleaseAsync(key, CancellationToken.None));
        await archive.ExpectAsync(archived: 1, pending: 1);
    }

    [Fact]
    public async Task A_deferred_frame_is_indexed_once_by_whoever_is_first()
    {
        var clock = new TestClock();
        using var archive = await Archive.CreateAsync(postgres, clock);
        var (archiver, second) = (archive.NewArchiver(Small), archive.NewArchiver());
        var page = archive.NewPage();
        await archive.IndexAsync(archiver, page, (page with { Seq = 1 }).Unique());

        clock.Advance(TimeSpan.FromSeconds(1));
        var indexed = await Task.WhenAll(
            archiver.Deferrals.IndexDueAsync(CancellationToken.None), second.Deferrals.IndexDueAsync(CancellationToken.None));

        Assert.Equal(1, indexed.Sum());
        await archive.ExpectAsync(pending: 2);
    }
}
