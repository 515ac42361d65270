using System.IO.Compression;

namespace Recount.Wire.Segments;

/// <summary>Bytes of a part, from wherever it is stored.</summary>
public interface ISegmentSource
{
    long Length { get; }

    /// <summary>Fills the buffer from the offset.</summary>
    /// <exception cref="EndOfStreamException">The object ends before the buffer is full.</exception>
    ValueTask ReadExactlyAsync(long offset, Memory<byte> buffer, CancellationToken token);
}

/// <summary>Reads a part: its footer, its blocks, and whether every byte is what was sealed.</summary>
public sealed class SegmentReader
{
    private readonly ISegmentSource source;

    private SegmentReader(ISegmentSource source, SegmentTrailer trailer, byte[] footerBytes, byte[] signature)
    {
        this.source = source;
        KeyId = trailer.KeyId;
        FooterBytes = footerBytes;
        Signature = signature;
        Root = trailer.Root;
        Footer = SegmentFormat.ReadFooter(footerBytes);
        VerifyLayout();
    }

    public SegmentFooter Footer { get; }

    /// <summary>The footer as it is stored: what the root is the hash of.</summary>
    public byte[] FooterBytes { get; }

    public Hash256 Root { get; }

    public byte[] KeyId { get; }

    public byte[] Signature { get; }

    /// <summary>Reads the trailer, the footer and the signature.</summary>
    /// <exception cref="SegmentException">It is not a part, or one of a later version.</exception>
    public static async Task<SegmentReader> OpenAsync(ISegmentSource source, CancellationToken token)
    {
        if (source.Length < SegmentFormat.TrailerBytes + SegmentFormat.SignatureBytes + SegmentFormat.HeaderMagic.Length)
        {
            throw new SegmentException(SegmentFault.Damaged, $"The object has {source.Length} bytes; a part has more.");
        }

        var tail = new byte[SegmentFormat.SignatureBytes + SegmentFormat.TrailerBytes];
        await source.ReadExactlyAsync(source.Length - tail.Length, tail, token).ConfigureAwait(false);
        var trailer = SegmentFormat.ReadTrailer(tail, source.Length);
        var footer = new byte[trailer.FooterLength];
        await source.ReadExactlyAsync(trailer.FooterOffset, footer, token).ConfigureAwait(false);
        return Hash256.Of(footer) == trailer.Root
            ? new SegmentReader(source, trailer, footer, tail[..SegmentFormat.SignatureBytes])
            : throw Mismatch("The footer");
    }

    /// <summary>A block as it is stored, its hash checked.</summary>
    /// <exception cref="SegmentException">Its bytes are not those that were sealed.</exception>
    public async Task<byte[]> ReadStoredBlockAsync(SegmentBlock block, CancellationToken token)
    {
        var stored = new byte[block.StoredLength];
        await source.ReadExactlyAsync(block.StoredOffset, stored, token).ConfigureAwait(false);
        return Hash256.Of(stored) == block.StoredHash
            ? stored
            : throw Mismatch($"The stored bytes of the block at {block.StoredOffset}");
    }

    /// <summary>A block's content, its hash checked.</summary>
    /// <exception cref="SegmentException">Its bytes are not those that were sealed.</exception>
    public async Task<byte[]> ReadBlockAsync(SegmentBlock block, CancellationToken token)
    {
        var stored = await ReadStoredBlockAsync(block, token).ConfigureAwait(false);
        return Decompress(stored, block);
    }

    /// <summary>Reads everything and compares every hash.</summary>
    /// <param name="onChunk">Called with each chunk and its content; may be null.</param>
    /// <param name="token">Ends the reading.</param>
    /// <exception cref="SegmentException">Something is not what was sealed; the message says what.</exception>
    public async Task VerifyAsync(Action<SegmentChunk, ReadOnlyMemory<byte>>? onChunk, CancellationToken token)
    {
        var header = new byte[SegmentFormat.HeaderMagic.Length];
        await source.ReadExactlyAsync(0, header, token).ConfigureAwait(false);
        if (!header.AsSpan().SequenceEqual(SegmentFormat.HeaderMagic))
        {
            throw new SegmentException(SegmentFault.Damaged, "The object does not begin as a part does.");
        }

        var next = 0;
        foreach (var block in Footer.Blocks)
        {
            var content = await ReadBlockAsync(block, token).ConfigureAwait(false);
            for (; next < Footer.Chunks.Count && Footer.Chunks[next].Seq <= block.LastSeq; next++)
            {
                VerifyChunk(block, content, Footer.Chunks[next], onChunk);
            }
        }

        if (next != Footer.Chunks.Count)
        {
            throw new SegmentException(SegmentFault.Damaged, "A chunk stands in no block.");
        }
    }

    private static void VerifyChunk(
        SegmentBlock block, byte[] content, SegmentChunk chunk, Action<SegmentChunk, ReadOnlyMemory<byte>>? onChunk)
    {
        var start = chunk.ContentOffset - block.ContentOffset;
        if (start < 0 || start > content.Length - chunk.ContentLength)
        {
            throw new SegmentException(SegmentFault.Damaged, $"Chunk {chunk.Seq} stands outside of its block.");
        }

        var bytes = content.AsMemory((int)start, chunk.ContentLength);
        if (Hash256.Of(bytes.Span) != chunk.ContentHash)
        {
            throw Mismatch($"Chunk {chunk.Seq}");
        }

        onChunk?.Invoke(chunk, bytes);
    }

    private static byte[] Decompress(byte[] stored, SegmentBlock block)
    {
        var content = new byte[block.ContentLength];
        if (!BrotliDecoder.TryDecompress(stored, content, out var written) || written != content.Length)
        {
            throw new SegmentException(SegmentFault.Damaged, $"The block at {block.StoredOffset} does not decompress.");
        }

        return Hash256.Of(content) == block.ContentHash ? content : throw Mismatch($"The block at {block.StoredOffset}");
    }

    private static SegmentException Mismatch(string what) =>
        new(SegmentFault.HashMismatch, $"{what}: not what was sealed.");

    /// <summary>Blocks stand back to back, so that no byte of the object is outside of what the root stands for.</summary>
    private void VerifyLayout()
    {
        long stored = SegmentFormat.HeaderMagic.Length;
        long content = 0;
        foreach (var block in Footer.Blocks)
        {
            if (block.StoredOffset != stored || block.ContentOffset != content)
            {
                throw new SegmentException(SegmentFault.Damaged, "The blocks do not stand back to back.");
            }

            stored += block.StoredLength;
            content += block.ContentLength;
        }

        var footerOffset = source.Length - SegmentFormat.TrailerBytes - SegmentFormat.SignatureBytes - FooterBytes.Length;
        if (content != Footer.ContentLength || stored != footerOffset)
        {
            throw new SegmentException(SegmentFault.Damaged, "The blocks do not add up to the object.");
        }
    }
}
