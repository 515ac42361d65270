using FsCheck;
using FsCheck.Fluent;
using Recount.Tests.Wire.Clocks;
using Recount.Wire;
using Recount.Wire.Segments;
using Xunit.Abstractions;

namespace Recount.Tests.Wire.Segments;

public sealed class SegmentPropertyTests(ITestOutputHelper output)
{
    private static readonly Gen<byte[]> Content =
        from size in Gen.Frequency(
            (1, Gen.Constant(0)),
            (20, Gen.Choose(1, 2_000)),
            (1, Gen.Choose(100_000, 300_000)))
        from seed in Gen.Choose(0, int.MaxValue)
        select Bytes(size, seed);

    private static readonly Gen<SampleChunk[]> Chunks =
        from count in Gen.Choose(0, 12)
        from contents in Content.ArrayOf(count)
        from holes in Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Choose(1, 3))).ArrayOf(count)
        from snapshots in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true))).ArrayOf(count)
        from clocks in Gen.Elements(0, 1.5, -7, double.NaN, double.MaxValue).ArrayOf(count)
        select Place(contents, holes, snapshots, clocks);

    [Fact]
    public void What_is_sealed_is_read_back_in_blocks_that_keep_the_rules() =>
        PropertyRun.ForAll(output, Chunks.ToArbitrary(), chunks =>
        {
            var part = SegmentSamples.Seal(chunks, SegmentKind.Recording, null, out var written);
            var read = new List<(SegmentChunk Chunk, byte[] Content)>();
            var reader = SegmentSamples.VerifyAsync(part, (chunk, content) => read.Add((chunk, content.ToArray())))
                .GetAwaiter().GetResult();
            Assert.Equal(written.Root, reader.Root);
            Assert.Equal(chunks.Select(chunk => chunk.Seq), read.Select(item => item.Chunk.Seq));
            Assert.Equal(SegmentFormat.WriteFooter(written.Footer), reader.FooterBytes);
            Assert.Equal(written.Footer.Chunks, reader.Footer.Chunks);
            foreach (var (chunk, sealedChunk) in chunks.Zip(read))
            {
                Assert.True(sealedChunk.Content.AsSpan().SequenceEqual(chunk.Content));
                Assert.Equal(Hash256.Of(chunk.Content), sealedChunk.Chunk.ReceivedHash);
            }

            CheckBlocks(chunks, reader.Footer.Blocks);
        });

    private static void CheckBlocks(SampleChunk[] chunks, IReadOnlyList<SegmentBlock> blocks)
    {
        Assert.Equal(chunks.Sum(chunk => (long)chunk.Content.Length), blocks.Sum(block => (long)block.ContentLength));
        foreach (var block in blocks)
        {
            var held = chunks.Where(chunk => chunk.Seq >= block.FirstSeq && chunk.Seq <= block.LastSeq).ToList();
            Assert.Equal(block.LastSeq - block.FirstSeq + 1, held.Count);
            Assert.DoesNotContain(held.Skip(1), chunk => chunk.IsSnapshot);
            Assert.Equal(held[0].IsSnapshot, block.StartsWithSnapshot);
            Assert.True(held.Count == 1 || block.ContentLength <= SegmentWriter.BlockBytes);
            Assert.Equal(2 * held.Count, block.Kinds[(int)Recount.Wire.Chunks.EntryKind.Click]);
            var known = held.Where(chunk => !double.IsNaN(chunk.Clock)).Select(chunk => chunk.Clock).ToList();
            Assert.Equal(known.Count == 0 ? double.NaN : known.Min(), block.ClockFrom);
        }
    }

    private static SampleChunk[] Place(byte[][] contents, int[] holes, bool[] snapshots, double[] clocks)
    {
        var chunks = new SampleChunk[contents.Length];
        var seq = 0;
        for (var i = 0; i < chunks.Length; i++)
        {
            seq += holes[i];
            chunks[i] = new SampleChunk(seq++, contents[i], snapshots[i], i == chunks.Length - 1, clocks[i]) { Query = $"n={i}&x=ü" };
        }

        return chunks;
    }

    private static byte[] Bytes(int size, int seed)
    {
        // Half of it repeats, as a page's entries do.
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes.AsSpan(0, size / 2));
        return bytes;
    }
}
