using Recount.Primitives;
using Recount.Recordings.Conservation;
using Recount.Recordings.Index;
using Recount.Recordings.Quarantine;
using Recount.Tests.Infrastructure;
using Recount.Wire;

namespace Recount.Tests.Recordings.Quarantine;

public sealed class QuarantineRereadTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task What_a_mended_parser_can_read_becomes_a_chunk_and_is_sealed_though_its_intake_object_is_gone()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var chunk = archive.NewPage();
        var path = await QuarantineAsync(archive, archiver, chunk, QuarantineReason.Undecodable);
        await archive.ExpectAsync(quarantined: 1);
        File.Delete(archive.PathOf(path));

        Assert.Equal(new RereadResult(1, 1), await archiver.Reread.RunAsync(CancellationToken.None));
        await archive.ExpectAsync(pending: 1);
        var part = await archiver.Sealer.SealAsync(chunk.PageId, CancellationToken.None);

        Assert.Equal(Hash256.Of(chunk.Body), part!.Footer.Chunks[0].ContentHash);
        await archive.ExpectAsync(archived: 1);
        Assert.Empty((await archive.ViewAsync(chunk)).Pages[0].View.Gaps);
        Assert.Equal(new RereadResult(0, 0), await archiver.Reread.RunAsync(CancellationToken.None));
    }

    [Fact]
    public async Task What_still_cannot_be_read_stays_in_quarantine()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        await archive.IndexAsync(archiver, page, page with { Seq = 1, Body = "no entry"u8.ToArray() });

        Assert.Equal(new RereadResult(1, 0), await archiver.Reread.RunAsync(CancellationToken.None));
        await archive.ExpectAsync(pending: 1, quarantined: 1);
    }

    [Fact]
    public async Task What_lost_its_identity_to_another_is_not_read_again()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        await archive.IndexAsync(archiver, page);
        await archive.IndexAsync(archiver, page.Unique());

        Assert.Equal(new RereadResult(0, 0), await archiver.Reread.RunAsync(CancellationToken.None));
        await archive.ExpectAsync(pending: 1, quarantined: 1);
    }

    /// <summary>Quarantines a good chunk, as a parser with a fault would have done.</summary>
    private static async Task<string> QuarantineAsync(Archive archive, Archiver archiver, TestChunk chunk, string reason)
    {
        var key = await archive.AcceptAsync(chunk);
        var source = (await archiver.Intake.ReadAsync(key, ReadFrom.Cache, CancellationToken.None))!;
        await archiver.Auditor.AuditAsync(source, CancellationToken.None);
        var frame = QuarantinedFrame.Of(key, source.Frames[0], reason, "An older parser could not read it.");
        await QuarantineObject.PutAsync(archive.Objects, frame, CancellationToken.None);
        await using var connection = await archive.Db.OpenAsync(CancellationToken.None);
        Assert.True(await new IndexStore(TimeProvider.System).TryTakeObjectAsync(connection, key, 1, CancellationToken.None));
        Assert.True(await new QuarantineStore(TimeProvider.System).InsertAsync(connection, frame, CancellationToken.None));
        var deltas = new ConservationDeltas();
        deltas.Add(chunk.Account, frame.ReceivedAtMicros, Destination.Quarantined);
        await deltas.InsertAsync(connection, CancellationToken.None);
        return key.Path;
    }
}
