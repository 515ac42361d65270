using System.IO.Compression;
using System.Text;
using Dapper;
using Recount.Capture.Intake;
using Recount.Primitives;
using Recount.Recordings;
using Recount.Recordings.Quarantine;
using Recount.Recordings.Reading;
using Recount.Tests.Infrastructure;
using Recount.Wire;

namespace Recount.Tests.Recordings.Quarantine;

public sealed class QuarantineTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly string Deep = $$"""{"k":"event","d":{{new string('[', 64)}}{{new string(']', 64)}} }""";

    public static TheoryData<string, string, byte[]> Bodies() => new()
    {
        { QuarantineReason.Undecodable, "", "{\"k\":\"event\"} behind"u8.ToArray() },
        { QuarantineReason.Undecodable, "", [(byte)'{', 0xff, (byte)'}'] },
        { QuarantineReason.Undecodable, "enc=gzip", "not gzip at all, but long enough"u8.ToArray() },
        { QuarantineReason.Undecodable, "enc=gzip", [] },
        { QuarantineReason.Undecodable, "enc=br", "{}"u8.ToArray() },
        { QuarantineReason.TooDeep, "", Encoding.UTF8.GetBytes(Deep) },
        { QuarantineReason.HashMismatch, $"h={new string('0', 64)}", "{\"k\":\"event\"}"u8.ToArray() },
        { QuarantineReason.TooLarge, "enc=gzip", Bomb() },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task What_cannot_be_archived_is_kept_byte_for_byte_with_its_reason(string reason, string query, byte[] body)
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        await archive.IndexAsync(archiver, page, page with { Seq = 1, Body = body, Query = query });

        Assert.Equal([reason], await archive.QuarantineReasonsAsync());
        var kept = await QuarantineObject.ReadAsync(
            archive.Objects, Assert.Single(archive.Keys("quarantine")), ReadFrom.Medium, CancellationToken.None);
        Assert.Equal(body, kept!.Bytes.ToArray());
        Assert.Equal(query, kept.Head!.Query);
        Assert.Equal((page.Session, page.Page, 1), (kept.Head.Chunk.Session, kept.Head.Chunk.Page, kept.Head.Chunk.Seq));
        await archive.ExpectAsync(pending: 1, quarantined: 1);
        var gap = Assert.Single((await archive.ViewAsync(page)).Pages[0].View.Gaps);
        Assert.Equal((1, 1, GapCause.Quarantined, reason), (gap.FromSeq, gap.ToSeq, gap.Cause, gap.Reason));
    }

    [Fact]
    public async Task Bombs_are_inflated_to_the_bound_and_no_further()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver(new RecordingsOptions { InflateBurst = ByteSize.GiB(2) });
        var page = archive.NewPage();
        var bomb = Bomb();
        var key = await archive.AcceptAsync(
            [.. Enumerable.Range(0, 40).Select(seq => page with { Seq = seq, Body = bomb, Query = "enc=gzip" })]);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        await archiver.TakeAsync(key);

        // 40 bombs hold 1.6 GiB; what was inflated last may still be there.
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 200L << 20);
        await archive.ExpectAsync(quarantined: 40);
    }

    [Fact]
    public async Task A_chunk_with_another_write_key_is_foreign_and_leaves_no_trace_in_the_session()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage() with { WriteKey = "right" };
        await archive.IndexAsync(archiver, page);
        await archive.IndexAsync(
            archiver,
            (page with { Seq = 9, WriteKey = "wrong" }).Unique(),
            page with { WriteKey = "wrong" },
            page with { Seq = 65_535, WriteKey = "", Body = "broken"u8.ToArray() },
            page with { Page = Guid.NewGuid(), App = Guid.NewGuid() });

        Assert.Equal(["foreign", "foreign", "foreign", "foreign"], await archive.QuarantineReasonsAsync());
        var view = Assert.Single((await archive.ViewAsync(page)).Pages).View;
        Assert.Empty(view.Gaps);
        Assert.Single(view.Chunks);
        await archive.ExpectAsync(pending: 1, quarantined: 4);
    }

    [Fact]
    public async Task The_first_content_of_an_identity_stays_whatever_comes_later()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        await archive.IndexAsync(archiver, page, page.Unique(), page.Unique());
        await archive.IndexAsync(archiver, page.Unique(), page);

        Assert.Equal(["conflict", "conflict", "conflict"], await archive.QuarantineReasonsAsync());
        Assert.Equal(Hash256.Of(page.Body), Assert.Single(await archive.PendingAsync(page.PageId)).ContentHash);
        await archive.ExpectAsync(pending: 1, duplicate: 1, quarantined: 3);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(-400)]
    public async Task A_damaged_frame_counts_in_quarantine_for_its_account_and_hour(int place)
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var (page, other) = (archive.NewPage(), archive.NewPage() with { Account = Guid.NewGuid() });
        var key = await archive.AcceptAsync(
            other, page, (page with { Seq = 1, ReceivedAt = TestChunk.Hour.AddHours(2) }).Unique());
        var source = await archiver.Intake.ReadAsync(key, ReadFrom.Cache, CancellationToken.None);
        var frame = source!.Frames[2];
        archive.Flip(key.Path, place > 0 ? frame.Offset + 60 : frame.Offset + frame.Length - 5);

        await archiver.TakeAsync(key);

        Assert.Equal(["damaged"], await archive.QuarantineReasonsAsync());
        await archive.ExpectAsync(pending: 1, quarantined: 1);
        Assert.Equal(1, (await archive.FiguresAsync(other.Account)).Pending);
    }

    [Fact]
    public async Task An_object_of_which_no_frame_is_whole_counts_in_the_hours_of_its_footer()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        var key = await archive.AcceptAsync(page, (page with { Seq = 1, ReceivedAt = TestChunk.Hour.AddHours(1) }).Unique());
        var source = await archiver.Intake.ReadAsync(key, ReadFrom.Cache, CancellationToken.None);
        foreach (var frame in source!.Frames)
        {
            archive.Flip(key.Path, frame.Offset + 50);
        }

        await archiver.TakeAsync(key);

        await archive.ExpectAsync(quarantined: 2);
        Assert.Null(await archiver.Releaser.ReleaseAsync(key, CancellationToken.None));
    }

    [Fact]
    public async Task Half_of_an_accounts_budget_lets_capture_look_into_its_chunks()
    {
        using var archive = await Archive.CreateAsync(postgres);
        await archive.TamperAsync(
            "INSERT INTO recount.account VALUES (@Account, 'shop', '2030-01-01')", new { archive.Account });
        var archiver = archive.NewArchiver(new RecordingsOptions { QuarantineBudget = new ByteSize(200) });
        var page = archive.NewPage() with { Body = new byte[99] };
        await archive.IndexAsync(archiver, page, page with { Account = Guid.NewGuid(), Body = new byte[500] });
        Assert.Equal(0, await ScreenedAsync(archive));

        await archive.IndexAsync(archiver, page with { Seq = 1, Body = new byte[1] });

        Assert.Equal(1, await ScreenedAsync(archive));
        await archive.IndexAsync(archiver, page with { Seq = 2, Body = new byte[1] });
        Assert.Equal(1, await ScreenedAsync(archive));
    }

    [Fact]
    public async Task A_session_whose_chunk_is_quarantined_shows_the_gap_in_the_list()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        await archive.IndexAsync(archiver, page);
        await archiver.Summaries.SummariseDueAsync(CancellationToken.None);

        await archive.IndexAsync(archiver, page with { Seq = 1, Body = "broken"u8.ToArray() });
        await archiver.Summaries.SummariseDueAsync(CancellationToken.None);

        await using var connection = await archive.Db.OpenAsync(CancellationToken.None);
        Assert.Equal(1, await connection.ExecuteScalarAsync<int>("SELECT gaps FROM recount.session_summary"));
    }

    [Fact]
    public async Task A_quarantine_object_that_is_damaged_is_none()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        await archive.IndexAsync(archiver, archive.NewPage() with { Body = "broken"u8.ToArray() });
        var key = Assert.Single(archive.Keys("quarantine"));
        var length = new FileInfo(archive.PathOf(key)).Length;
        for (var offset = 0; offset < length; offset++)
        {
            archive.Flip(key, offset);
            Assert.Null(await QuarantineObject.ReadAsync(archive.Objects, key, ReadFrom.Cache, CancellationToken.None));
            archive.Flip(key, offset);
        }

        Assert.NotNull(await QuarantineObject.ReadAsync(archive.Objects, key, ReadFrom.Cache, CancellationToken.None));
    }

    private static async Task<long> ScreenedAsync(Archive archive)
    {
        await using var connection = await archive.Db.OpenAsync(CancellationToken.None);
        return await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM recount.capture_screening");
    }

    /// <summary>40 MiB of zeros in some 40 kB.</summary>
    private static byte[] Bomb()
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Optimal))
        {
            for (var mebibytes = 0; mebibytes < 40; mebibytes++)
            {
                gzip.Write(new byte[1 << 20]);
            }
        }

        return output.ToArray();
    }
}
