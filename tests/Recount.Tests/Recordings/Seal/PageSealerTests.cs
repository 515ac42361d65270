using System.Text;
using Recount.Primitives;
using Recount.Recordings;
using Recount.Recordings.Reading;
using Recount.Recordings.Seal;
using Recount.Tests.Infrastructure;
using Recount.Wire.Segments;

namespace Recount.Tests.Recordings.Seal;

public sealed class PageSealerTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_page_that_goes_on_after_sealing_gets_part_2_and_plays_as_one_page()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var first = archive.NewPage();
        var (hole, late) = ((first with { Seq = 1 }).Unique(), (first with { Seq = 2 }).Unique());
        await archive.IndexAsync(archiver, first, late);
        var sealedFirst = await archiver.SealAsync(first);
        var before = await File.ReadAllBytesAsync(archive.PathOf(PartKeys.Recording(first.PageId, 0)));

        await archive.IndexAsync(archiver, hole, (first with { Seq = 3 }).Unique());
        var sealedSecond = await archiver.SealAsync(first);

        Assert.Equal([0, 2], sealedFirst!.Footer.Chunks.Select(chunk => chunk.Seq));
        Assert.Equal([1, 3], sealedSecond!.Footer.Chunks.Select(chunk => chunk.Seq));
        Assert.Equal(sealedFirst.Root, sealedSecond.Footer.PreviousRoot);
        Assert.Equal(before, await File.ReadAllBytesAsync(archive.PathOf(PartKeys.Recording(first.PageId, 0))));
        var played = new List<(int Seq, int Position)>();
        await foreach (var entry in archiver.Entries.ReadAsync(await archive.ViewAsync(first), CancellationToken.None))
        {
            played.Add((entry.Seq, entry.Position));
        }

        Assert.Equal([(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1), (3, 0), (3, 1)], played);
        await archive.ExpectAsync(archived: 4);
    }

    [Fact]
    public async Task A_part_holds_the_content_of_its_chunks_byte_for_byte()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        var plain = page with { Body = Encoding.UTF8.GetBytes("\r\n  {\"k\":\"event\", \"d\" : {\"n\":1.50} }\t\n\n{\"k\":\"new kind\"}") };
        var packed = (page with { Seq = 1 }).With("""{"at":1e3,"k":"rrweb","d":{"type":2,"node":"é\ud83d\ude00"}}""");
        var empty = page with { Seq = 2, Body = [] };
        await archive.IndexAsync(archiver, plain, packed.Gzip(), empty);

        await archiver.SealAsync(page);

        var view = await archive.ViewAsync(page);
        var contents = new List<byte[]>();
        await foreach (var (_, content, _) in archiver.Entries.ReadChunksAsync(view.Pages[0].View, CancellationToken.None))
        {
            contents.Add(content.ToArray());
        }

        Assert.Equal([plain.Body, packed.Body, empty.Body], contents);
    }

    [Fact]
    public async Task An_event_part_holds_what_is_not_drawn_with_its_place_in_the_chunk()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        await archive.IndexAsync(archiver, page.With(
            """{"at":1,"k":"rrweb","d":{"type":4}}""",
            """{"at":2,"k":"click","d": {"x":1.0} }""",
            """{"at":3,"k":"asset","d":{}}""",
            """{"at":4,"k":"mobile","d":{}}""",
            """{"at":5,"k":"unheard of","d":[1]}"""));

        var part = await archiver.SealAsync(page);

        using var stored = await StoredSegment.OpenAsync(
            archive.Objects, PartKeys.Events(page.PageId, 0), ReadFrom.Cache, CancellationToken.None);
        var reader = await SegmentReader.OpenAsync(stored!, CancellationToken.None);
        var text = "";
        await reader.VerifyAsync((_, content) => text += Encoding.UTF8.GetString(content.Span), CancellationToken.None);
        Assert.Equal(
            """
            [1,{"at":2,"k":"click","d": {"x":1.0} }]
            [4,{"at":5,"k":"unheard of","d":[1]}]

            """,
            text);
        Assert.Equal(SegmentKind.Events, reader.Footer.Kind);
        Assert.Equal(part!.Root, reader.Footer.RecordingRoot);
        Assert.Equal(part.EventsRoot, reader.Root);
        Assert.Equal(2, reader.Footer.Chunks[0].Entries);
    }

    [Fact]
    public async Task What_is_over_the_size_of_a_part_makes_the_next_one()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var page = archive.NewPage();
        var archiver = archive.NewArchiver(new RecordingsOptions { MaxPartContentBytes = new ByteSize(page.Body.Length * 5 / 2) });
        await archive.IndexAsync(archiver, [.. Enumerable.Range(0, 5).Select(seq => (page with { Seq = seq }).Unique())]);

        while (await archiver.SealAsync(page) is not null)
        {
        }

        Assert.Equal([2, 2, 1], (await archive.PartsAsync(page.PageId)).Select(part => part.Footer.Chunks.Count));
        await archive.ExpectAsync(archived: 5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(-200)]
    [InlineData(-100)]
    [InlineData(-1)]
    public async Task A_damaged_object_under_a_parts_key_is_skipped_and_the_page_is_sealed_under_the_next(long flipped)
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        await archive.IndexAsync(archiver, page);
        var plan = await archiver.Sealer.PlanAsync(page.PageId, CancellationToken.None);
        await archiver.Writer.WriteAsync(plan!, CancellationToken.None);
        var key = PartKeys.Recording(page.PageId, 0);
        archive.Flip(key, flipped);
        var damaged = await File.ReadAllBytesAsync(archive.PathOf(key));

        var part = await archiver.SealAsync(page);

        Assert.Equal(1, part!.Footer.Part);
        Assert.Equal([1], (await archive.PartsAsync(page.PageId)).Select(row => row.Footer.Part));
        Assert.Equal(damaged, await File.ReadAllBytesAsync(archive.PathOf(key)));
        await archive.ExpectAsync(archived: 1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nothing of ours, but long enough to be taken for a part by its length alone .....................................................................")]
    public async Task A_foreign_object_under_a_parts_key_is_skipped(string content)
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        await archive.IndexAsync(archiver, page);
        await archive.PutAsync(PartKeys.Recording(page.PageId, 0), Encoding.UTF8.GetBytes(content + content));

        Assert.Equal(1, (await archiver.SealAsync(page))!.Footer.Part);
    }

    [Fact]
    public async Task A_part_of_another_page_under_a_parts_key_is_skipped()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var (page, other) = (archive.NewPage(), archive.NewPage());
        await archive.IndexAsync(archiver, page, other);
        await archiver.SealAsync(other);
        await archive.PutAsync(
            PartKeys.Recording(page.PageId, 0),
            await File.ReadAllBytesAsync(archive.PathOf(PartKeys.Recording(other.PageId, 0))));

        Assert.Equal(1, (await archiver.SealAsync(page))!.Footer.Part);
        await archive.ExpectAsync(archived: 2);
    }

    [Fact]
    public async Task An_event_part_of_another_recording_makes_its_number_unusable()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var (page, other) = (archive.NewPage(), archive.NewPage());
        await archive.IndexAsync(archiver, page, other);
        await archiver.SealAsync(other);
        await archive.PutAsync(
            PartKeys.Events(page.PageId, 0), await File.ReadAllBytesAsync(archive.PathOf(PartKeys.Events(other.PageId, 0))));

        Assert.Equal(1, (await archiver.SealAsync(page))!.Footer.Part);
    }

    [Fact]
    public async Task A_chunk_whose_frame_is_gone_waits_and_the_others_are_sealed()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        var lost = await archive.IndexAsync(archiver, page);
        await archive.IndexAsync(archiver, (page with { Seq = 1 }).Unique());
        File.Delete(archive.PathOf(lost.Path));

        var part = await archiver.SealAsync(page);

        Assert.Equal([1], part!.Footer.Chunks.Select(chunk => chunk.Seq));
        Assert.Null(await archiver.SealAsync(page));
        await archive.ExpectAsync(pending: 1, archived: 1);
    }

    [Fact]
    public async Task A_frame_that_is_not_what_was_indexed_is_never_sealed()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        var key = await archive.IndexAsync(archiver, page);
        var row = Assert.Single(await archive.PendingAsync(page.PageId));
        archive.Flip(key.Path, row.FrameOffset + row.FrameLength - 10);

        Assert.Null(await archiver.SealAsync(page));
        Assert.Empty(archive.Keys("recordings"));
        await archive.ExpectAsync(pending: 1);
    }

    [Fact]
    public async Task Nothing_is_left_in_the_scratch_directory()
    {
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        await archive.IndexAsync(archiver, page);
        await archiver.SealAsync(page);

        Assert.Empty(archive.Keys("scratch"));
    }
}
