using System.Buffers.Binary;
using System.Security.Cryptography;
using Recount.Tests.Infrastructure;
using Recount.Wire;
using Recount.Wire.Segments;
using Xunit.Abstractions;

namespace Recount.Tests.Wire.Segments;

/// <summary>Whatever happens to a sealed part is found, and nothing is allocated on its word.</summary>
public sealed class SegmentDamageTests(ITestOutputHelper output)
{
    private const int BlocksOffset = 2 + 1 + 64 + 4 + 32 + 16 + 8 + 32 + 32 + 8;

    public static TheoryData<string> Shapes => ["one chunk", "holes and snapshots", "empty contents", "events", "nothing"];

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Every_flipped_byte_is_found(string shape)
    {
        var random = TestSeed.Next(output);
        var part = Part(shape, random);
        for (var at = 0; at < part.Length; at++)
        {
            var damaged = (byte[])part.Clone();
            damaged[at] ^= (byte)random.Next(1, 256);
            await Assert.ThrowsAsync<SegmentException>(() => SegmentSamples.VerifyAsync(damaged));
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Every_cut_and_every_extension_is_found(string shape)
    {
        var random = TestSeed.Next(output);
        var part = Part(shape, random);
        for (var length = 0; length < part.Length; length++)
        {
            await Assert.ThrowsAsync<SegmentException>(() => SegmentSamples.VerifyAsync(part[..length]));
            await Assert.ThrowsAsync<SegmentException>(() => SegmentSamples.VerifyAsync(part[length..].Length == part.Length ? [.. part, 0] : part[length..]));
        }

        await Assert.ThrowsAsync<SegmentException>(() => SegmentSamples.VerifyAsync([.. part, .. random.Bytes(10)]));
        await Assert.ThrowsAsync<SegmentException>(() => SegmentSamples.VerifyAsync([.. part, .. part[^80..]]));
        await Assert.ThrowsAsync<SegmentException>(() => SegmentSamples.VerifyAsync([.. random.Bytes(10), .. part]));
    }

    [Fact]
    public async Task Swapped_blocks_of_one_length_are_found()
    {
        // Random bytes do not compress, so equal contents' lengths give equal blocks.
        var random = TestSeed.Next(output);
        var part = SegmentSamples.Seal([new(0, random.Bytes(200)), new(2, random.Bytes(200))]);
        var reader = await SegmentSamples.VerifyAsync(part);
        var (first, second) = (reader.Footer.Blocks[0], reader.Footer.Blocks[1]);
        Assert.Equal(first.StoredLength, second.StoredLength);
        var swapped = (byte[])part.Clone();
        part.AsSpan((int)first.StoredOffset, first.StoredLength).CopyTo(swapped.AsSpan((int)second.StoredOffset));
        part.AsSpan((int)second.StoredOffset, first.StoredLength).CopyTo(swapped.AsSpan((int)first.StoredOffset));
        var found = await Assert.ThrowsAsync<SegmentException>(() => SegmentSamples.VerifyAsync(swapped));
        Assert.Equal(SegmentFault.HashMismatch, found.Fault);
    }

    [Fact]
    public async Task A_part_signed_with_another_key_is_consistent_and_not_authentic()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var reader = await SegmentSamples.VerifyAsync(SegmentSamples.Seal([new(0, [1])], key: other));
        Assert.False(new SegmentSigner(SegmentSamples.Key).Verify(reader.Root, reader.Signature));
        Assert.True(new SegmentSigner(other).Verify(reader.Root, reader.Signature));
        Assert.Equal(new SegmentSigner(other).KeyId, reader.KeyId);
    }

    [Fact]
    public async Task A_newer_version_is_told_from_damage()
    {
        var part = Forge(SegmentSamples.Seal([new(0, [1])]), footer => BinaryPrimitives.WriteUInt16LittleEndian(footer, 2));
        var found = await Assert.ThrowsAsync<SegmentException>(() => SegmentSamples.VerifyAsync(part));
        Assert.Equal(SegmentFault.VersionNewer, found.Fault);
    }

    [Fact]
    public async Task Absurd_numbers_in_a_footer_whose_hash_holds_are_refused_before_anything_is_allocated()
    {
        var part = SegmentSamples.Seal([new(0, [1, 2, 3]), new(2, [4, 5])]);
        var footerLength = (await SegmentSamples.VerifyAsync(part)).FooterBytes.Length;
        uint[] values = [0, 1, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 64 << 20, (64 << 20) + 1];
        for (var at = BlocksOffset - 8; at <= footerLength - 4; at++)
        {
            foreach (var value in values)
            {
                var forged = Forge(part, footer => BinaryPrimitives.WriteUInt32LittleEndian(footer.AsSpan(at), value));
                var before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    await SegmentSamples.VerifyAsync(forged);
                }
                catch (SegmentException)
                {
                    // Or the field is one that only says what was measured.
                }

                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 65 << 20);
            }
        }
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(SegmentFormat.MaxFooterBytes + 1)]
    [InlineData(SegmentFormat.MaxFooterBytes)]
    [InlineData(-1)]
    [InlineData(0)]
    public async Task A_trailer_that_announces_more_than_there_is_is_refused_before_anything_is_read(int footerLength)
    {
        var part = SegmentSamples.Seal([new(0, [1])]);
        var trailer = new SegmentTrailer(
            part.Length - SegmentFormat.SignatureBytes - SegmentFormat.TrailerBytes - (long)footerLength,
            footerLength,
            new byte[16],
            Hash256.OfNothing);
        var signature = part[^144..^80];
        byte[] forged = [.. part[..^80], .. SegmentFormat.WriteTrailer(trailer, signature)];
        var source = new SegmentSamples.MemorySource(forged);
        await Assert.ThrowsAsync<SegmentException>(() => SegmentReader.OpenAsync(source, CancellationToken.None));
        Assert.InRange(source.LargestRead, 0, 144);
    }

    [Fact]
    public async Task Random_bytes_are_no_part()
    {
        var random = TestSeed.Next(output);
        for (var run = 0; run < (TestSeed.IsLong ? 20_000 : 1_000); run++)
        {
            byte[] bytes = [.. SegmentFormat.HeaderMagic, .. random.Bytes(random.Next(400)), .. "RCNTEND1"u8];
            await Assert.ThrowsAsync<SegmentException>(() => SegmentSamples.VerifyAsync(bytes));
        }
    }

    private static byte[] Part(string shape, Random random) => shape switch
    {
        "one chunk" => SegmentSamples.Seal([new(0, random.Bytes(300))]),
        "holes and snapshots" => SegmentSamples.Seal(
            [new(1, new byte[900]), new(2, random.Bytes(100), IsSnapshot: true), new(5, [1], IsLast: true, Clock: double.NaN)]),
        "empty contents" => SegmentSamples.Seal([new(0, []), new(1, []), new(3, [])]),
        "events" => SegmentSamples.Seal([new(0, "[0,{}]\n"u8.ToArray()), new(1, [])], SegmentKind.Events),
        _ => SegmentSamples.Seal([]),
    };

    /// <summary>Changes the footer and makes hash and trailer fit again, as whoever hands in a file could.</summary>
    private static byte[] Forge(byte[] part, Action<byte[]> change)
    {
        var trailer = SegmentFormat.ReadTrailer(part.AsSpan(part.Length - 144), part.Length);
        var footer = part[(int)trailer.FooterOffset..^144];
        change(footer);
        var root = Hash256.Of(footer);
        var signature = new SegmentSigner(SegmentSamples.Key).Sign(root);
        return
        [
            .. part[..(int)trailer.FooterOffset],
            .. footer,
            .. signature,
            .. SegmentFormat.WriteTrailer(trailer with { Root = root }, signature),
        ];
    }
}
