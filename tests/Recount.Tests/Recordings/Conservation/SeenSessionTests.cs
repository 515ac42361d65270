using Recount.Primitives;
using Recount.Recordings;
using Recount.Recordings.Conservation;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Recordings.Conservation;

/// <summary>Every session that the intake showed is somewhere, or is named.</summary>
public sealed class SeenSessionTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_session_is_pending_then_archived_or_in_quarantine()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var (page, broken) = (archive.NewPage(), archive.NewPage().With("not JSON"));
        var key = await archive.AcceptAsync(page, broken);
        var source = await archiver.Intake.ReadAsync(key, ReadFrom.Cache, CancellationToken.None);
        await archiver.Auditor.AuditAsync(source!, CancellationToken.None);
        Assert.Equal((2, 0, 2, 0, 0), await FiguresAsync(archive, archiver));

        await archiver.Indexer.IndexAsync(archiver.Indexer.Judge(source!), CancellationToken.None);
        Assert.Equal((2, 0, 1, 1, 0), await FiguresAsync(archive, archiver));

        await archiver.SealAsync(page);
        Assert.Equal((2, 1, 0, 1, 0), await FiguresAsync(archive, archiver));
        Assert.Null(await archiver.Releaser.ReleaseAsync(key, CancellationToken.None));
        Assert.Equal((2, 1, 0, 1, 0), await FiguresAsync(archive, archiver));
    }

    [Fact]
    public async Task A_session_whose_frames_wait_for_their_accounts_share_is_pending()
    {
        using var archive = await Archive.CreateAsync(postgres, new TestClock());
        var archiver = archive.NewArchiver(new RecordingsOptions
        {
            InflateBurst = new ByteSize(1), InflateBytesPerSecond = new ByteSize(1),
        });
        await archive.IndexAsync(archiver, archive.NewPage(), archive.NewPage());

        Assert.Equal((2, 0, 2, 0, 0), await FiguresAsync(archive, archiver));
    }

    [Fact]
    public async Task A_session_that_the_archive_discards_is_named()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var (kept, discarded) = (archive.NewPage(), archive.NewPage());
        await archive.IndexAsync(archiver, kept, discarded);

        await archive.TamperAsync("DELETE FROM recount.chunk WHERE session = @Session", new { discarded.Session });
        await archive.TamperAsync("DELETE FROM recount.session WHERE session = @Session", new { discarded.Session });

        Assert.Equal((2, 0, 1, 0, 1), await FiguresAsync(archive, archiver));
        var hour = await HourAsync(archive, archiver);
        Assert.Equal([discarded.Session], hour.LostSessions);
        Assert.False(hour.Holds);
    }

    private static async Task<(long Seen, long Archived, long Pending, long Quarantined, long Difference)> FiguresAsync(
        Archive archive, Archiver archiver)
    {
        var sessions = (await HourAsync(archive, archiver)).Sessions;
        return (sessions.Seen, sessions.Archived, sessions.Pending, sessions.Quarantined, sessions.Difference);
    }

    private static async Task<ConservationHour> HourAsync(Archive archive, Archiver archiver) =>
        Assert.Single(await archiver.Report.HoursAsync(
            archive.Account, TestChunk.Hour, TestChunk.Hour.AddHours(1), CancellationToken.None));
}
