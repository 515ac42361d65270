using Recount.Capture.Intake;
using Recount.Recordings.Seal;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Recordings.Reading;

/// <summary>A chunk whose bytes are gone is a gap at its place in a session's entries; the rest is there.</summary>
public sealed class UnreadableChunkTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Line = """{"at":1,"k":"event","d":{"name":"here"}}""";

    [Fact]
    public async Task A_pending_chunk_whose_intake_object_is_missing_is_a_gap_at_its_place()
    {
        await using var host = await ApiHost.StartAsync(postgres);
        var (page, keys) = await PendingAsync(host.Archive);
        File.Delete(host.Archive.PathOf(keys[1].Path));

        Assert.Equal([Entry(page, 0), Gap(page, 1, "object_missing"), Entry(page, 2)], await EventsAsync(host, page));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(300)]
    public async Task A_pending_chunk_whose_frame_is_damaged_is_a_gap_at_its_place(int flipped)
    {
        await using var host = await ApiHost.StartAsync(postgres);
        var (page, keys) = await PendingAsync(host.Archive);
        host.Archive.Flip(keys[1].Path, flipped);

        Assert.Equal([Entry(page, 0), Gap(page, 1, "damaged"), Entry(page, 2)], await EventsAsync(host, page));
    }

    [Fact]
    public async Task An_intake_object_that_was_cut_off_is_a_gap_at_its_place()
    {
        await using var host = await ApiHost.StartAsync(postgres);
        var (page, keys) = await PendingAsync(host.Archive);
        await using (var file = new FileStream(host.Archive.PathOf(keys[2].Path), FileMode.Open))
        {
            file.SetLength(200);
        }

        Assert.Equal([Entry(page, 0), Entry(page, 1), Gap(page, 2, "damaged")], await EventsAsync(host, page));
    }

    [Theory]
    [InlineData(false, 20L, "hash_mismatch")]
    [InlineData(false, -1L, "damaged")]
    [InlineData(true, 0L, "object_missing")]
    public async Task Every_chunk_of_a_part_that_is_not_as_it_was_sealed_is_a_gap(bool isGone, long flipped, string cause)
    {
        await using var host = await ApiHost.StartAsync(postgres);
        var archive = host.Archive;
        var archiver = archive.NewArchiver();
        var page = archive.NewPage().With(Line);
        await archive.IndexAsync(archiver, page, page with { Seq = 1 });
        await archiver.SealAsync(page);
        await archive.IndexAsync(archiver, page with { Seq = 2 });
        var key = PartKeys.Recording(page.PageId, 0);
        if (isGone)
        {
            File.Delete(archive.PathOf(key));
        }
        else
        {
            archive.Flip(key, flipped);
        }

        Assert.Equal([Gap(page, 0, cause), Gap(page, 1, cause), Entry(page, 2)], await EventsAsync(host, page));
    }

    [Fact]
    public async Task A_chunk_that_was_sealed_and_released_since_the_session_was_looked_at_is_read_from_its_part()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var (page, keys) = await PendingAsync(archive);
        var looked = await archive.ViewAsync(page);
        await archiver.SealAsync(page);
        foreach (var key in keys)
        {
            Assert.Null(await archiver.Releaser.ReleaseAsync(key, CancellationToken.None));
        }

        var seqs = new List<int>();
        await foreach (var entry in archiver.Entries.ReadAsync(looked, CancellationToken.None))
        {
            Assert.Null(entry.Cause);
            seqs.Add(entry.Seq);
        }

        Assert.Equal([0, 1, 2], seqs);
    }

    private static async Task<(TestChunk Page, List<IntakeKey> Keys)> PendingAsync(Archive archive)
    {
        var archiver = archive.NewArchiver();
        var page = archive.NewPage().With(Line);
        var keys = new List<IntakeKey>();
        for (var seq = 0; seq < 3; seq++)
        {
            keys.Add(await archive.IndexAsync(archiver, page with { Seq = seq }));
        }

        return (page, keys);
    }

    private static async Task<string[]> EventsAsync(ApiHost host, TestChunk page)
    {
        var text = await host.TextAsync(
            $"/api/v1/sessions/{page.Session}/events", await host.TokenAsync(host.Archive.Account));
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string Entry(TestChunk page, int seq) =>
        $$$"""{"page":"{{{page.Page}}}","seq":{{{seq}}},"i":0,"at":1,"k":"event","d":{"name":"here"}}""";

    private static string Gap(TestChunk page, int seq, string cause) =>
        $$$"""{"page":"{{{page.Page}}}","seq":{{{seq}}},"gap":{"cause":"{{{cause}}}"}}""";
}
