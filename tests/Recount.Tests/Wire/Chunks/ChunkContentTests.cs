using System.IO.Compression;
using Recount.Tests.Infrastructure;
using Recount.Wire.Chunks;
using Xunit.Abstractions;

namespace Recount.Tests.Wire.Chunks;

public sealed class ChunkContentTests(ITestOutputHelper output)
{
    private static readonly byte[] Content = [.. Enumerable.Repeat("""{"k":"click","at":1}"""u8.ToArray(), 100).SelectMany(line => line)];

    [Fact]
    public void A_gzip_body_inflates_to_its_content() =>
        Assert.True(ChunkContent.Decode(Gzip(Content), "gzip").Span.SequenceEqual(Content));

    [Fact]
    public void An_empty_body_is_an_empty_content_plain_and_not_gzip()
    {
        Assert.Equal(0, ChunkContent.Decode(Array.Empty<byte>(), "").Length);
        Assert.Equal(ContentFault.Undecodable, Fault(Array.Empty<byte>(), "gzip"));
        Assert.Equal(0, ChunkContent.Decode(Convert.FromHexString("1f8b080000000000000303000000000000000000"), "gzip").Length);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("GZIP")]
    [InlineData("gzip,gzip")]
    [InlineData(" gzip")]
    public void Another_encoding_cannot_be_decoded(string encoding) =>
        Assert.Equal(ContentFault.Undecodable, Fault(Gzip(Content), encoding));

    [Fact]
    public void A_cut_stream_is_never_taken_for_a_whole_one()
    {
        var body = Gzip(Content);
        for (var length = 0; length < body.Length; length++)
        {
            Assert.Equal(ContentFault.Undecodable, Fault(body[..length], "gzip"));
        }
    }

    [Fact]
    public void A_damaged_stream_gives_its_content_or_an_error()
    {
        var random = TestSeed.Next(output);
        var body = Gzip(Content);
        for (var at = 0; at < body.Length; at++)
        {
            var damaged = (byte[])body.Clone();
            damaged[at] ^= (byte)random.Next(1, 256);
            if (Decode(damaged) is { } content)
            {
                Assert.True(content.Span.SequenceEqual(Content), $"Other content after damage at {at}.");
            }
        }
    }

    [Fact]
    public void Several_members_are_not_one_stream() =>
        Assert.Equal(ContentFault.Undecodable, Fault([.. Gzip(Content), .. Gzip(Content)], "gzip"));

    [Fact]
    public void Bytes_behind_the_stream_are_an_error() =>
        Assert.Equal(ContentFault.Undecodable, Fault([.. Gzip(Content), 1, 2, 3], "gzip"));

    [Theory]
    [InlineData(ChunkContent.MaxContentBytes, false)]
    [InlineData(ChunkContent.MaxContentBytes + 1, true)]
    public void The_bound_is_exact(int bytes, bool isOver)
    {
        var body = Gzip(new byte[bytes]);
        if (isOver)
        {
            Assert.Equal(ContentFault.TooLarge, Fault(body, "gzip"));
        }
        else
        {
            Assert.Equal(bytes, ChunkContent.Decode(body, "gzip").Length);
        }
    }

    [Fact]
    public void A_bomb_stops_at_the_bound_whatever_it_holds()
    {
        // Eight times the bound out of a body that the endpoint takes.
        var body = Gzip(new byte[1 << 28]);
        Assert.InRange(body.Length, 1, ChunkContent.MaxBodyBytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(ContentFault.TooLarge, Fault(body, "gzip"));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 5L * ChunkContent.MaxContentBytes);
    }

    [Fact]
    public void A_body_gets_no_more_memory_than_a_stream_of_its_size_can_fill()
    {
        var body = Gzip(Content);
        BitConverter.GetBytes(ChunkContent.MaxContentBytes).CopyTo(body, body.Length - 4);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(ContentFault.Undecodable, Fault(body, "gzip"));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2048L * body.Length);
    }

    [Fact]
    public void Random_bytes_are_an_error_and_nothing_else()
    {
        var random = TestSeed.Next(output);
        for (var run = 0; run < (TestSeed.IsLong ? 50_000 : 3_000); run++)
        {
            var body = random.Bytes(random.Next(300));
            if (random.Next(2) == 0 && body.Length > 3)
            {
                new byte[] { 0x1f, 0x8b, 8 }.CopyTo(body, 0);
            }

            Decode(body);
        }
    }

    private static ContentFault Fault(byte[] body, string encoding) =>
        Assert.Throws<ChunkContentException>(() => ChunkContent.Decode(body, encoding)).Fault;

    private static ReadOnlyMemory<byte>? Decode(byte[] body)
    {
        try
        {
            return ChunkContent.Decode(body, "gzip");
        }
        catch (ChunkContentException)
        {
            return null;
        }
    }

    private static byte[] Gzip(byte[] content)
    {
        using var body = new MemoryStream();
        using (var gzip = new GZipStream(body, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return body.ToArray();
    }
}
