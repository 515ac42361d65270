using System.Buffers;
using System.IO.Compression;
using Recount.Wire.Chunks;

namespace Recount.Wire.Segments;

/// <summary>
/// Writes one part to a stream, chunk after chunk in order of seq, holding at most one block in memory. What it is given
/// is what it proves: chunks come with the hashes computed when they were indexed.
/// </summary>
public sealed class SegmentWriter
{
    /// <summary>Size at which a block is cut, uncompressed.</summary>
    public const int BlockBytes = 256 << 10;

    private const int BrotliQuality = 5;
    private const int BrotliWindowBits = 22;

    private readonly Stream output;
    private readonly ArrayBufferWriter<byte> block = new(BlockBytes);
    private readonly List<(SegmentChunk Chunk, IReadOnlyList<int> Kinds)> blockChunks = [];
    private readonly List<SegmentBlock> blocks = [];
    private readonly List<SegmentChunk> chunks = [];
    private long storedOffset;
    private long contentOffset;

    public SegmentWriter(Stream output)
    {
        this.output = output;
        output.Write(SegmentFormat.HeaderMagic);
        storedOffset = SegmentFormat.HeaderMagic.Length;
    }

    /// <summary>Adds a chunk; its content offset, length and hash are set here, from the bytes.</summary>
    /// <param name="chunk">The chunk as it was measured.</param>
    /// <param name="kinds">Its entries by <see cref="EntryKind"/>.</param>
    /// <param name="content">Its content.</param>
    /// <exception cref="ArgumentException">Its seq is not greater than the one before.</exception>
    public void Add(SegmentChunk chunk, IReadOnlyList<int> kinds, ReadOnlySpan<byte> content)
    {
        if (chunks.Count > 0 && chunk.Seq <= chunks[^1].Seq)
        {
            throw new ArgumentException($"Chunk {chunk.Seq} cannot follow chunk {chunks[^1].Seq}.", nameof(chunk));
        }

        if (blockChunks.Count > 0
            && (chunk.HasSnapshot || chunk.Seq != chunks[^1].Seq + 1 || block.WrittenCount + content.Length > BlockBytes))
        {
            CutBlock();
        }

        var placed = chunk with
        {
            ContentOffset = contentOffset + block.WrittenCount,
            ContentLength = content.Length,
            ContentHash = Hash256.Of(content),
        };
        block.Write(content);
        blockChunks.Add((placed, kinds));
        chunks.Add(placed);
    }

    /// <summary>Writes the footer, the signature and the trailer.</summary>
    /// <param name="identity">The footer's fields other than the content, blocks and chunks, which are set here.</param>
    /// <param name="signer">The installation's key.</param>
    /// <returns>The footer and its hash.</returns>
    public (SegmentFooter Footer, Hash256 Root) Complete(SegmentFooter identity, SegmentSigner signer)
    {
        CutBlock();
        var footer = identity with { ContentLength = contentOffset, Blocks = blocks, Chunks = chunks };
        var bytes = SegmentFormat.WriteFooter(footer);
        var root = Hash256.Of(bytes);
        var signature = signer.Sign(root);
        output.Write(bytes);
        output.Write(signature);
        var trailer = new SegmentTrailer(storedOffset, bytes.Length, signer.KeyId, root);
        output.Write(SegmentFormat.WriteTrailer(trailer, signature));
        return (footer, root);
    }

    private void CutBlock()
    {
        if (blockChunks.Count == 0)
        {
            return;
        }

        var content = block.WrittenSpan;
        var stored = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(content.Length));
        try
        {
            if (!BrotliEncoder.TryCompress(content, stored, out var storedLength, BrotliQuality, BrotliWindowBits))
            {
                throw new InvalidOperationException("Brotli needed more than its own bound.");
            }

            output.Write(stored, 0, storedLength);
            blocks.Add(Describe(content, stored.AsSpan(0, storedLength)));
            storedOffset += storedLength;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(stored);
        }

        contentOffset += content.Length;
        block.ResetWrittenCount();
        blockChunks.Clear();
    }

    private SegmentBlock Describe(ReadOnlySpan<byte> content, ReadOnlySpan<byte> stored)
    {
        var kinds = new int[EntryKinds.Count];
        var (from, to) = (double.NaN, double.NaN);
        foreach (var (chunk, chunkKinds) in blockChunks)
        {
            from = double.MinNumber(from, chunk.ClockFrom);
            to = double.MaxNumber(to, chunk.ClockTo);
            for (var kind = 0; kind < kinds.Length; kind++)
            {
                kinds[kind] += chunkKinds[kind];
            }
        }

        return new SegmentBlock
        {
            StoredOffset = storedOffset,
            StoredLength = stored.Length,
            StoredHash = Hash256.Of(stored),
            ContentOffset = contentOffset,
            ContentLength = content.Length,
            ContentHash = Hash256.Of(content),
            FirstSeq = blockChunks[0].Chunk.Seq,
            LastSeq = blockChunks[^1].Chunk.Seq,
            ClockFrom = from,
            ClockTo = to,
            StartsWithSnapshot = blockChunks[0].Chunk.HasSnapshot,
            Kinds = kinds,
        };
    }
}
