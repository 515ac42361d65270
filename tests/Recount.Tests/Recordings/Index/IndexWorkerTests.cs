using Dapper;
using Recount.Primitives;
using Recount.Recordings;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Recordings.Index;

public sealed class IndexWorkerTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_backlog_is_judged_once()
    {
        using var archive = await Archive.CreateAsync(postgres, new TestClock());
        var page = archive.NewPage();
        TestChunk[] chunks = [.. Enumerable.Range(0, 5).Select(seq => (page with { Seq = seq }).Unique())];
        var exactly = new RecordingsOptions
        {
            InflateBurst = new ByteSize(chunks.Sum(chunk => chunk.Body.Length) + 1),
            InflateBytesPerSecond = new ByteSize(1),
        };
        var archiver = archive.NewArchiver(exactly);
        foreach (var chunk in chunks)
        {
            await archive.AcceptAsync(chunk);
        }

        await archiver.Takes.TakeNewAsync(CancellationToken.None);

        Assert.Equal(5, (await archive.PendingAsync(page.PageId)).Count);
        Assert.True(archiver.Shares.HasShare(archive.Account), "The one byte that was left is gone.");
    }

    [Fact]
    public async Task What_was_judged_ahead_of_a_failure_is_taken_in_the_next_round()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        await archiver.Takes.TakeNewAsync(CancellationToken.None);
        for (var seq = 0; seq < 6; seq++)
        {
            await archive.AcceptAsync((page with { Seq = seq }).Unique());
        }

        await FailAtAsync(archive, archiver, n: 1);
        await archiver.Takes.TakeNewAsync(CancellationToken.None);

        Assert.Equal([0, 1, 2, 3, 4, 5], (await archive.PendingAsync(page.PageId)).Select(chunk => chunk.Chunk.Seq));
        await archive.ExpectAsync(pending: 6);
    }

    /// <summary>Somebody else holds the object's row; the round is given up while it waits for that.</summary>
    private static async Task FailAtAsync(Archive archive, Archiver archiver, long n)
    {
        const string hold = """
            INSERT INTO recount.intake_audit (node, boot, n, audited_at) VALUES (@Node, @Boot, @n, @At)
            """;
        const string waiting = """
            SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
            """;
        using var stop = new CancellationTokenSource();
        await using var holder = await archive.Db.OpenAsync(CancellationToken.None);
        await using var watcher = await archive.Db.OpenAsync(CancellationToken.None);
        await using var transaction = await holder.BeginTransactionAsync();
        await holder.ExecuteAsync(hold, new { archive.Node, archive.Boot, n, At = TestChunk.Hour });
        var round = archiver.Takes.TakeNewAsync(stop.Token);
        while (await watcher.ExecuteScalarAsync<long>(waiting) == 0)
        {
            Assert.False(round.IsCompleted, "The round did not wait for the row.");
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => round);
    }
}
