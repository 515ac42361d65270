using Recount.Capture.Intake;
using Recount.Primitives;
using Recount.Recordings.Conservation;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Recordings.Conservation;

public sealed class ConservationTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task What_is_accepted_and_not_indexed_is_pending()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        var key = await archive.AcceptAsync(page, page, page.With("broken"));
        var source = await archiver.Intake.ReadAsync(key, ReadFrom.Cache, CancellationToken.None);
        await archiver.Auditor.AuditAsync(source!, CancellationToken.None);
        await archiver.Auditor.AuditAsync(source!, CancellationToken.None);

        await archive.ExpectAsync(pending: 3);
        await archiver.Indexer.IndexAsync(archiver.Indexer.Judge(source!), CancellationToken.None);
        await archive.ExpectAsync(pending: 1, duplicate: 1, quarantined: 1);
    }

    [Theory]
    [InlineData("DELETE FROM recount.chunk WHERE seq = 1", 1)]
    [InlineData("UPDATE recount.conservation_delta SET archived = archived + 1", -1)]
    [InlineData("DELETE FROM recount.conservation_delta", 1)]
    [InlineData("INSERT INTO recount.chunk SELECT account, session, page, 77, node, boot, n, 77, frame_offset, frame_length, received_at_micros, received_hash, received_bytes, content_hash, content_bytes, entries, kinds, has_snapshot, is_last, clock_from, clock_to, query FROM recount.chunk", -1)]
    public async Task A_frame_that_the_archive_drops_or_counts_twice_is_a_difference(string tampering, long difference)
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        await archive.IndexAsync(archiver, page);
        await archiver.SealAsync(page);
        await archive.IndexAsync(archiver, (page with { Seq = 1 }).Unique());
        Assert.Equal(0, await DifferenceAsync(archiver, archive));

        await archive.TamperAsync(tampering);

        Assert.Equal(difference, await DifferenceAsync(archiver, archive));
    }

    [Fact]
    public async Task Deltas_that_are_folded_while_others_are_written_keep_their_sums()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        await archive.IndexAsync(archiver, page);
        const int objects = 24;
        var keys = new List<IntakeKey>();
        for (var i = 0; i < objects; i++)
        {
            keys.Add(await archive.AcceptAsync(page, page with { ReceivedAt = TestChunk.Hour.AddHours(i % 3) }));
        }

        await Task.WhenAll(
            TakeAllAsync(keys.Take(objects / 2)),
            TakeAllAsync(keys.Skip(objects / 2)),
            FoldAsync(),
            FoldAsync());
        await archive.ExpectAsync(pending: 1, duplicate: 2 * objects);
        await archiver.Conservation.FoldAsync(CancellationToken.None);
        await archive.ExpectAsync(pending: 1, duplicate: 2 * objects);

        async Task TakeAllAsync(IEnumerable<IntakeKey> taken)
        {
            foreach (var key in taken)
            {
                await archiver.TakeAsync(key);
            }
        }

        async Task FoldAsync()
        {
            for (var i = 0; i < objects; i++)
            {
                await archiver.Conservation.FoldAsync(CancellationToken.None);
            }
        }
    }

    [Fact]
    public async Task What_is_folded_adds_to_what_was_folded_before()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        for (var round = 1; round <= 3; round++)
        {
            var chunk = (page with { Seq = round }).Unique();
            await archive.IndexAsync(archiver, chunk, chunk, chunk.Unique());
            await archiver.SealAsync(page);
            await archiver.Conservation.FoldAsync(CancellationToken.None);
            await archive.ExpectAsync(archived: round, duplicate: round, quarantined: round);
        }
    }

    [Fact]
    public async Task A_chunk_counts_in_the_hour_in_which_it_was_received_wherever_it_goes()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        var lastMoment = TestChunk.Hour.AddTicks(-TimeSpan.TicksPerMicrosecond);
        TestChunk[] chunks =
        [
            page with { ReceivedAt = lastMoment },
            (page with { Seq = 1, ReceivedAt = TestChunk.Hour }).Unique(),
            page with { ReceivedAt = TestChunk.Hour },
            page.With("broken") with { ReceivedAt = lastMoment },
        ];
        var key = await archive.AcceptAsync(chunks);
        await archiver.TakeAsync(key);
        await ExpectHoursAsync(archiver, archive, (2, 1, 0, 0, 1), (2, 1, 0, 1, 0));

        await archiver.SealAsync(page);

        await ExpectHoursAsync(archiver, archive, (2, 0, 1, 0, 1), (2, 0, 1, 1, 0));
        await archiver.Conservation.FoldAsync(CancellationToken.None);
        await ExpectHoursAsync(archiver, archive, (2, 0, 1, 0, 1), (2, 0, 1, 1, 0));
    }

    [Fact]
    public async Task An_account_sees_its_own_figures_only()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var (mine, theirs) = (archive.NewPage(), archive.NewPage() with { Account = Guid.NewGuid() });
        await archive.IndexAsync(archiver, mine, theirs, theirs);

        await archive.ExpectAsync(pending: 1);
        var all = await archiver.Conservation.RowsAsync(
            null, TestChunk.Hour, TestChunk.Hour.AddHours(1), CancellationToken.None);
        Assert.Equal([1L, 2L], all.Select(row => row.Accepted).Order());
    }

    private static async Task ExpectHoursAsync(
        Archiver archiver, Archive archive, params (int Accepted, int Pending, int Archived, int Duplicate, int Quarantined)[] hours)
    {
        var rows = await archiver.Conservation.RowsAsync(
            archive.Account, TestChunk.Hour.AddHours(-1), TestChunk.Hour.AddHours(1), CancellationToken.None);
        Assert.Equal([TestChunk.Hour.AddHours(-1), TestChunk.Hour], rows.Select(row => row.Hour));
        Assert.Equal(
            hours,
            rows.Select(row => ((int)row.Accepted, (int)row.Pending, (int)row.Archived, (int)row.Duplicate, (int)row.Quarantined)));
    }

    private static async Task<long> DifferenceAsync(Archiver archiver, Archive archive) =>
        (await archiver.Conservation.RowsAsync(
            archive.Account, TestChunk.Hour, TestChunk.Hour.AddHours(1), CancellationToken.None)).Sum(row => row.Difference);
}
