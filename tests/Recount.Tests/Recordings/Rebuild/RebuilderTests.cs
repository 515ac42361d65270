using Microsoft.Extensions.Options;
using Recount.Database;
using Recount.ObjectStore;
using Recount.Primitives;
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

    private static async Task<RebuildReport> RebuildAsync(Archive archive, IObjectStore objects, DatabaseConnections fresh)
    {
        var (db, time, options) = (PostgresFixture.Open(fresh), TimeProvider.System, Options.Create(new RecordingsOptions()));
        using var archiver = new Archiver(db, archive, time, options.Value);
        var rebuilder = new Rebuilder(
            db,
            objects,
            new PartWriter(objects, archiver.Bodies, archive.Identity, archive.Data, time, options),
            archiver.Sealer,
            new QuarantineStore(time),
            archiver.Reread,
            new ReleasedIntake(db, archiver.Intake, time),
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
    }
}
