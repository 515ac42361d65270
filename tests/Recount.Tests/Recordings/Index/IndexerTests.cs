using Dapper;
using Npgsql;
using Recount.Capture.Intake;
using Recount.Primitives;
using Recount.Recordings.Index;
using Recount.Recordings.Reading;
using Recount.Recordings.Seal;
using Recount.Tests.Infrastructure;
using Recount.Wire.Segments;

namespace Recount.Tests.Recordings.Index;

public sealed class IndexerTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task An_object_is_indexed_once()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        var key = await archive.IndexAsync(archiver, page, page, page.Unique());

        Assert.False(await archiver.TakeAsync(key));
        Assert.False(await archive.NewArchiver().TakeAsync(key));

        await archive.ExpectAsync(pending: 1, duplicate: 1, quarantined: 1);
    }

    [Fact]
    public async Task Two_processes_that_index_an_object_at_once_count_it_once()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var (one, two) = (archive.NewArchiver(), archive.NewArchiver());
        var page = archive.NewPage();
        var key = await archive.AcceptAsync(page, page, (page with { Seq = 1 }).Unique());
        await using var due = await HeldTable.HoldAsync(archive.Connections, "session_due");
        var first = Task.Run(() => one.TakeAsync(key));
        await due.UntilBlockedAsync(1);
        var second = Task.Run(() => two.TakeAsync(key));
        await due.UntilBlockedAsync(2);
        await due.ReleaseAsync();

        Assert.Equal([false, true], (await Task.WhenAll(first, second)).Order());
        await archive.ExpectAsync(pending: 2, duplicate: 1);
    }

    [Fact]
    public async Task Two_processes_that_index_the_same_chunk_at_once_keep_one_of_it()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var (one, two) = (archive.NewArchiver(), archive.NewArchiver());
        var page = archive.NewPage();
        var (a, b) = (await archive.AcceptAsync(page), await archive.AcceptAsync(page.Gzip()));
        await using var due = await HeldTable.HoldAsync(archive.Connections, "session_due");
        var first = Task.Run(() => one.TakeAsync(a));
        await due.UntilBlockedAsync(1);
        var second = Task.Run(() => two.TakeAsync(b));
        await due.UntilBlockedAsync(2);
        await due.ReleaseAsync();
        await Task.WhenAll(first, second);

        await archive.ExpectAsync(pending: 1, duplicate: 1);
    }

    [Fact]
    public async Task Many_indexers_with_the_same_pages_in_different_order_all_come_through()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var pages = Enumerable.Range(0, 8).Select(_ => archive.NewPage()).ToArray();
        var keys = new List<IntakeKey>();
        var archiver = archive.NewArchiver();
        for (var i = 0; i < 8; i++)
        {
            keys.Add(await archive.AcceptAsync([.. pages.OrderBy(_ => Random.Shared.Next())]));
        }

        await Task.WhenAll(keys.Select(key => Task.Run(() => archiver.TakeAsync(key))));

        await archive.ExpectAsync(pending: 8, duplicate: 56);
    }

    [Fact]
    public async Task An_attempt_that_ended_before_its_commit_left_nothing()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        var key = await archive.AcceptAsync(page, page.Unique());
        await using var due = await HeldTable.HoldAsync(archive.Connections, "session_due");
        var cut = Task.Run(() => archiver.TakeAsync(key));
        await due.UntilBlockedAsync(1);
        await due.CancelBlockedAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => cut);
        await due.ReleaseAsync();

        await archive.ExpectAsync(pending: 2);
        Assert.Empty(await archive.PendingAsync(page.PageId));
        Assert.True(await archiver.TakeAsync(key));
        await archive.ExpectAsync(pending: 1, quarantined: 1);
    }

    [Fact]
    public async Task The_follower_finds_what_stands_behind_a_hole()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        await archive.AcceptAsync(new IntakeKey(archive.Node, archive.Boot, 0), page);
        await archive.AcceptAsync(new IntakeKey(archive.Node, archive.Boot, 2), (page with { Seq = 2 }).Unique());
        var elsewhere = new IntakeKey(archive.Node, Guid.NewGuid(), 1);
        await archive.AcceptAsync(elsewhere, (page with { Seq = 3 }).Unique());

        await archiver.Follower.ReconcileAsync(CancellationToken.None);
        var found = new List<IntakeKey>();
        await foreach (var source in archiver.Follower.UnindexedAsync(CancellationToken.None))
        {
            found.Add(source.Key);
        }

        Assert.Equal(
            [(archive.Boot, 0L), (archive.Boot, 2L), (elsewhere.Boot, 1L)],
            found.Select(key => (key.Boot, key.N)).OrderBy(row => row.Boot == archive.Boot ? 0 : 1).ThenBy(row => row.N));
    }

    [Fact]
    public async Task A_chunk_of_countless_entries_copies_few_of_them_for_lists_before_and_after_a_rebuild()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var entries = Enumerable.Range(0, 5000).Select(i => $$"""{"at":{{i}},"k":"page","d":{"title":"{{i}}"} }""").ToArray();
        var page = archive.NewPage().With(entries).Gzip();
        await archive.IndexAsync(archiver, page, (page with { Seq = 1, Query = "" }).With("""{"at":0,"k":"page","d":{"title":"LONG"}}""".Replace("LONG", new string('x', 70_000), StringComparison.Ordinal)));
        var indexed = (await archive.ViewAsync(page)).Pages[0].View.Facts;

        var part = await archiver.SealAsync(page);
        using var stored = await StoredSegment.OpenAsync(
            archive.Objects, PartKeys.Events(page.PageId, part!.Footer.Part), ReadFrom.Cache, CancellationToken.None);
        var reader = await SegmentReader.OpenAsync(stored!, CancellationToken.None);
        var rebuilt = new List<EntryFact>();
        await reader.VerifyAsync(
            (chunk, content) => rebuilt.AddRange(EventPart.Facts(reader.Footer, chunk, content, 64 << 10)), CancellationToken.None);

        Assert.Equal(FactBudget.MaxEntries, indexed.Count);
        Assert.Equal(indexed.Select(fact => (fact.Seq, fact.Position)), rebuilt.Select(fact => (fact.Chunk.Seq, fact.Position)));
        Assert.Equal(5001, (await archive.ViewAsync(page)).Entries);
    }

    [Fact]
    public async Task An_object_that_takes_longer_than_a_statement_may_does_not_hold_the_others()
    {
        var connections = await postgres.CreateConnectionsAsync();
        var impatient = new NpgsqlConnectionStringBuilder(connections.Runtime) { CommandTimeout = 1 };
        using var archive = Archive.Of(connections with { Runtime = impatient.ConnectionString });
        var (slow, other) = (archive.NewPage(), archive.NewPage());
        await archive.AcceptAsync(slow);
        await archive.AcceptAsync(other);
        await using (var owner = new NpgsqlConnection(archive.Connections.Owner))
        {
            await owner.OpenAsync();
            await using var transaction = await owner.BeginTransactionAsync();
            await owner.ExecuteAsync(
                "INSERT INTO recount.session VALUES (@Account, @Session, @App, '', '2021-05-06Z')", new { slow.Account, slow.Session, slow.App });

            await archive.NewArchiver().Takes.TakeNewAsync(CancellationToken.None);
        }

        Assert.Empty(await archive.PendingAsync(slow.PageId));
        Assert.Single(await archive.PendingAsync(other.PageId));
        await archive.NewArchiver().Takes.TakeNewAsync(CancellationToken.None);
        await archive.ExpectAsync(pending: 2);
    }
}
