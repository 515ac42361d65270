using System.Globalization;
using System.Text;
using Recount.Capture.Intake;
using Recount.Recordings.Conservation;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Recordings.Conservation;

/// <summary>An intake object that is gone is named, wherever in its boot it stood.</summary>
public sealed class IntakeFindingsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task An_object_that_is_missing_between_others_is_named()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        await AcceptAsync(archive, 1, 4);

        await archiver.Takes.TakeNewAsync(CancellationToken.None);

        Assert.Equal(Missing(archive, 0, 2, 3), await FindAsync(archiver));
        await archive.ExpectAsync(pending: 2);
    }

    [Theory]
    [InlineData(new long[] { 0, 1 }, 3, new long[] { 2 })]
    [InlineData(new long[] { 0 }, 3, new long[] { 1, 2 })]
    [InlineData(new long[] { }, 1, new long[] { 0 })]
    public async Task The_last_objects_of_a_boot_that_ended_are_named_when_they_are_missing(
        long[] there, long ended, long[] missing)
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        await AcceptAsync(archive, there);
        await EndAsync(archive, ended);

        await archiver.Takes.TakeNewAsync(CancellationToken.None);

        Assert.Equal(Missing(archive, missing), await FindAsync(archiver));
    }

    [Fact]
    public async Task An_object_of_which_only_its_closing_sibling_is_left_is_named_though_its_boot_never_ended()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        await AcceptAsync(archive, 0);
        await archive.PutAsync(new IntakeKey(archive.Node, archive.Boot, 2).ClosePath, [1, 2, 3]);

        await archiver.Takes.TakeNewAsync(CancellationToken.None);

        Assert.Equal(Missing(archive, 1, 2), await FindAsync(archiver));
    }

    [Fact]
    public async Task What_is_there_and_not_counted_yet_is_not_called_missing()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        await AcceptAsync(archive, 0);
        await EndAsync(archive, 1);

        await archiver.Boots.AuditAsync(CancellationToken.None);
        Assert.Equal(
            [new IntakeFinding(new IntakeKey(archive.Node, archive.Boot, 0), IntakeFindingState.Unread)],
            await FindAsync(archiver));
        await archiver.Takes.TakeNewAsync(CancellationToken.None);
        Assert.Empty(await FindAsync(archiver));
    }

    [Fact]
    public async Task An_object_that_was_released_is_not_missing()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        var key = await archive.IndexAsync(archiver, page);
        await EndAsync(archive, 1);
        await archiver.Boots.AuditAsync(CancellationToken.None);
        await archiver.SealAsync(page);
        Assert.Null(await archiver.Releaser.ReleaseAsync(key, CancellationToken.None));

        Assert.Empty(await FindAsync(archiver));
    }

    [Fact]
    public async Task An_object_that_vanished_while_its_chunks_wait_to_be_sealed_is_named()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var key = await archive.IndexAsync(archiver, archive.NewPage());
        await archive.IndexAsync(archiver, archive.NewPage());
        File.Delete(archive.PathOf(key.Path));

        Assert.Equal(Missing(archive, 0), await FindAsync(archiver));
    }

    private static async Task AcceptAsync(Archive archive, params long[] numbers)
    {
        var page = archive.NewPage();
        foreach (var n in numbers)
        {
            await archive.AcceptAsync(
                new IntakeKey(archive.Node, archive.Boot, n), (page with { Seq = (int)n }).Unique());
        }
    }

    private static Task EndAsync(Archive archive, long objects) => archive.PutAsync(
        IntakeKey.EndedPath(archive.Node, archive.Boot),
        Encoding.UTF8.GetBytes(objects.ToString(CultureInfo.InvariantCulture)));

    private static Task<IReadOnlyList<IntakeFinding>> FindAsync(Archiver archiver) =>
        archiver.Findings.FindAsync(CancellationToken.None);

    private static IEnumerable<IntakeFinding> Missing(Archive archive, params long[] numbers) => numbers.Select(
        n => new IntakeFinding(new IntakeKey(archive.Node, archive.Boot, n), IntakeFindingState.Missing));
}
