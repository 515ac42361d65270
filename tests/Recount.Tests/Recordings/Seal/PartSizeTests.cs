using Recount.Tests.Infrastructure;

namespace Recount.Tests.Recordings.Seal;

public sealed class PartSizeTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_page_whose_footer_no_reader_would_take_is_sealed_in_several_parts()
    {
        const int chunks = 2500;
        using var archive = await Archive.CreateAsync(postgres);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage() with { Body = [], Query = "x=" + new string('x', 7000) };
        await archive.IndexAsync(archiver, [.. Enumerable.Range(0, chunks).Select(seq => page with { Seq = seq })]);

        while (await archiver.SealAsync(page) is not null)
        {
        }

        var parts = await archive.PartsAsync(page.PageId);
        Assert.Equal(2, parts.Count);
        Assert.Equal(chunks, parts.Sum(part => part.Footer.Chunks.Count));
        await archive.ExpectAsync(archived: chunks);
    }
}
