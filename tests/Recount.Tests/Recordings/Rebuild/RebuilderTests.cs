using Recount.Database;
using Recount.Recordings;
using Recount.Recordings.Quarantine;
using Recount.Recordings.Rebuild;
using Recount.Recordings.Seal;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Recordings.Rebuild;

public sealed class RebuilderTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task What_is_damaged_or_gone_is_told_and_the_rest_is_restored()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var (whole, flipped, gone) = (archive.NewPage(), archive.NewPage(), archive.NewPage());
        foreach (var page in new[] { whole, flipped, gone })
        {
            await archive.IndexAsync(archiver, page);
            Assert.NotNull(await archiver.SealAsync(page));
        }

        archive.Flip(PartKeys.Recording(flipped.PageId, 0), 40);
        File.Delete(archive.PathOf(PartKeys.Recording(gone.PageId, 0)));

        var report = await RebuildAsync(archive, archiver, await postgres.CreateConnectionsAsync());

        Assert.True(report.IsComplete);
        Assert.Equal((1, 1, 1), (report.Sessions, report.Parts, report.Chunks));
        Assert.Equal(
            new[] { PartKeys.Recording(flipped.PageId, 0), PartKeys.Recording(gone.PageId, 0) }.Order(),
            report.Faults.Select(fault => fault.Split(':')[0]).Order());
    }

    private static async Task<RebuildReport> RebuildAsync(Archive archive, Archiver archiver, DatabaseConnections lost)
    {
        var db = PostgresFixture.Open(lost);
        using var fresh = new Archiver(db, archive, TimeProvider.System, new RecordingsOptions());
        var rebuilder = new Rebuilder(
            db,
            archive.Objects,
            archiver.Writer,
            fresh.Sealer,
            new QuarantineStore(TimeProvider.System),
            fresh.Reread,
            new ReleasedIntake(db, fresh.Intake, TimeProvider.System),
            new LostRecordings(archive.Objects),
            Microsoft.Extensions.Options.Options.Create(new RecordingsOptions()));
        return await rebuilder.RunAsync(CancellationToken.None).LastAsync();
    }
}
