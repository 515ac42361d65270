using Recount.Capture.Intake;
using Recount.Recordings.Conservation;
using Recount.Recordings.Quarantine;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Recordings.Index;

public sealed class LostFooterIndexTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Whatever_byte_of_a_footer_rots_the_chunks_are_archived_and_the_object_is_named_as_damaged()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        var sample = new IntakeKey(archive.Node, Guid.NewGuid(), 0);
        var bytes = IntakeObjectBytes.Of(sample, [page, (page with { Seq = 1 }).Unique()]);
        var committed = (int)IntakeObjectReader.Read(sample, bytes, null).Committed;
        var keys = new List<IntakeKey>();
        for (var fromEnd = 1; fromEnd <= bytes.Length - committed; fromEnd++)
        {
            keys.Add(await AcceptFlippedAsync(archive, fromEnd));
        }

        await archiver.Takes.TakeNewAsync(CancellationToken.None);

        await archive.ExpectAsync(pending: 2 * keys.Count);
        Assert.Equal(keys.Count, (await archive.QuarantineReasonsAsync()).Count(reason => reason == QuarantineReason.Damaged));
        Assert.Equal(
            keys.Select(key => new IntakeFinding(key, IntakeFindingState.Damaged)).OrderBy(found => found.Key.Path),
            (await archiver.Findings.FindAsync(CancellationToken.None)).OrderBy(found => found.Key.Path));
    }

    [Fact]
    public async Task An_object_that_lost_its_footer_is_released_when_its_chunks_and_its_damage_are_kept()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        var key = await archive.AcceptAsync(page);
        archive.Flip(key.Path, -1);
        await archive.PutAsync(IntakeKey.EndedPath(key.Node, key.Boot), "1"u8.ToArray());
        await archiver.Takes.TakeNewAsync(CancellationToken.None);

        Assert.NotNull(await archiver.Releaser.ReleaseAsync(key, CancellationToken.None));
        await archiver.SealAsync(page);
        Assert.Null(await archiver.Releaser.ReleaseAsync(key, CancellationToken.None));

        Assert.Single(archive.Keys("quarantine"));
        await archive.ExpectAsync(archived: 1);
    }

    [Fact]
    public async Task A_footer_that_rots_after_its_object_was_indexed_keeps_the_object()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        var key = await archive.IndexAsync(archiver, page);
        await archiver.SealAsync(page);
        archive.Flip(key.Path, -1);

        Assert.NotNull(await archiver.Releaser.ReleaseAsync(key, CancellationToken.None));
        Assert.Equal([key.Path], archive.Keys("intake"));
    }

    /// <summary>The only object of a boot that is over, with a flip so far from its end.</summary>
    private static async Task<IntakeKey> AcceptFlippedAsync(Archive archive, int fromEnd)
    {
        var page = archive.NewPage();
        var key = await archive.AcceptAsync(
            new IntakeKey(archive.Node, Guid.NewGuid(), 0), page, (page with { Seq = 1 }).Unique());
        archive.Flip(key.Path, -fromEnd);
        await archive.PutAsync(IntakeKey.EndedPath(key.Node, key.Boot), "1"u8.ToArray());
        return key;
    }
}
