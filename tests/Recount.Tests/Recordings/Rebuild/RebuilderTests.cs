using Dapper;
using Microsoft.Extensions.Options;
using Recount.Database;
using Recount.ObjectStore;
using Recount.Primitives;
using Recount.Recordings;
using Recount.Recordings.Conservation;
using Recount.Recordings.Index;
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
        var (whole, flipped, gone, sector) = (archive.NewPage(), archive.NewPage(), archive.NewPage(), archive.NewPage());
        foreach (var page in new[] { whole, flipped, gone, sector })
        {
            await archive.IndexAsync(archiver, page);
            Assert.NotNull(await archiver.SealAsync(page));
        }

        archive.Flip(PartKeys.Recording(flipped.PageId, 0), 40);
        File.Delete(archive.PathOf(PartKeys.Recording(gone.PageId, 0)));

        var objects = new BadSector(archive.Objects, PartKeys.Recording(sector.PageId, 0));
        var report = await RebuildAsync(archive, objects, await postgres.CreateConnectionsAsync());

        Assert.True(report.IsComplete);
        Assert.Equal((1, 1, 1), (report.Sessions, report.Parts, report.Chunks));
        Assert.Equal(
            new[] { flipped, gone, sector }.Select(page => PartKeys.Recording(page.PageId, 0)).Order(),
            report.Faults.Select(fault => fault.Split(':')[0]).Order());
    }

    [Fact]
    public async Task When_it_is_complete_the_intake_that_is_left_is_counted_and_indexed_too()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var (sealedPage, pending) = (archive.NewPage(), archive.NewPage());
        await archive.IndexAsync(archiver, sealedPage, pending);
        await archiver.SealAsync(sealedPage);
        var fresh = await postgres.CreateConnectionsAsync();

        await RebuildAsync(archive, archive.Objects, fresh);

        var rows = await new ConservationStore(PostgresFixture.Open(fresh))
            .RowsAsync(null, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue.AddDays(-1), CancellationToken.None);
        Assert.Equal((2, 1, 1, 0), (rows.Sum(row => row.Accepted), rows.Sum(row => row.Archived), rows.Sum(row => row.Pending), rows.Sum(row => row.Difference)));
    }

    [Fact]
    public async Task A_recording_whose_event_part_rotted_is_restored_and_the_event_part_is_told()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var entries = Enumerable.Range(0, 200).Select(i => $$$"""{"at":{{{i}}},"k":"page","d":{"title":"{{{i}}}"}}""").ToArray();
        var page = archive.NewPage().With(entries);
        await archive.IndexAsync(archiver, page);
        await archiver.SealAsync(page);
        archive.Flip(PartKeys.Events(page.PageId, 0), 40);
        var fresh = await postgres.CreateConnectionsAsync();

        var report = await RebuildAsync(archive, archive.Objects, fresh);

        Assert.Equal((1, 1, 1), (report.Sessions, report.Parts, report.Chunks));
        Assert.StartsWith(PartKeys.Events(page.PageId, 0) + ":", Assert.Single(report.Faults));
        await using var connection = await PostgresFixture.Open(fresh).OpenAsync(CancellationToken.None);
        Assert.Equal(
            FactBudget.MaxEntries,
            await connection.ExecuteScalarAsync<int>("SELECT count(*) FROM recount.entry_fact"));
    }

    private static async Task<RebuildReport> RebuildAsync(Archive archive, IObjectStore objects, DatabaseConnections fresh)
    {
        var (db, time, options) = (PostgresFixture.Open(fresh), TimeProvider.System, Options.Create(new RecordingsOptions()));
        using var archiver = new Archiver(db, archive, time, options.Value);
        var rebuilder = new Rebuilder(
            db,
            objects,
            new PartWriter(objects, archiver.Bodies, archive.Identity, archive.Data, time, options),
            archiver.Sealer,
            new QuarantinedIntake(db, objects, new QuarantineStore(time), archiver.Reread),
            new ReleasedIntake(db, archiver.Intake, time),
            archiver.Follower,
            archiver.Taker,
            options);
        return await rebuilder.RunAsync(CancellationToken.None).LastAsync();
    }

    /// <summary>A medium that cannot give one object any more.</summary>
    private sealed class BadSector(IObjectStore objects, string key) : IObjectStore
    {
        public Task<StoredObject?> OpenAsync(string wanted, ReadFrom from, CancellationToken token) => wanted == key
            ? throw new IOException("Input/output error")
            : objects.OpenAsync(wanted, from, token);

        public Task<bool> PutIfAbsentAsync(string put, Stream content, CancellationToken token) =>
            objects.PutIfAbsentAsync(put, content, token);

        public IAsyncEnumerable<string> ListAsync(string prefix, string? after, CancellationToken token) =>
            objects.ListAsync(prefix, after, token);

        public IAsyncEnumerable<string> ListPrefixesAsync(string prefix, int depth, CancellationToken token) =>
            objects.ListPrefixesAsync(prefix, depth, token);

        public Task DeleteAsync(string deleted, CancellationToken token) => objects.DeleteAsync(deleted, token);

        public Task DeletePrefixAsync(string prefix, CancellationToken token) => objects.DeletePrefixAsync(prefix, token);
    }
}
