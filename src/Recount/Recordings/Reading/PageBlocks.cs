using Recount.ObjectStore;
using Recount.Primitives;
using Recount.Recordings.Index;
using Recount.Recordings.Seal;
using Recount.Wire;
using Recount.Wire.Segments;

namespace Recount.Recordings.Reading;

/// <summary>One run of chunks that is fetched at once: a block of a part, or a pending chunk.</summary>
public sealed record PageBlock
{
    /// <summary>The part; null for a pending chunk.</summary>
    public required int? Part { get; init; }

    /// <summary>Index of the block in its part, or seq of the pending chunk.</summary>
    public required int Number { get; init; }

    /// <summary>SHA-256 of the content.</summary>
    public required Hash256 ContentHash { get; init; }

    public required int ContentLength { get; init; }

    public required int FirstSeq { get; init; }

    public required int LastSeq { get; init; }

    /// <summary>Least page clock, ms; NaN when unknown.</summary>
    public required double ClockFrom { get; init; }

    /// <summary>Greatest page clock, ms; NaN when unknown.</summary>
    public required double ClockTo { get; init; }

    /// <summary>A replay can begin here.</summary>
    public required bool StartsWithSnapshot { get; init; }

    /// <summary>Seq and length of each chunk, in the order of the content.</summary>
    public required IReadOnlyList<(int Seq, int Length)> Chunks { get; init; }
}

/// <summary>Bytes of a block.</summary>
/// <param name="Bytes">The bytes.</param>
/// <param name="IsBrotli">They are compressed as they are stored.</param>
public sealed record BlockBytes(ReadOnlyMemory<byte> Bytes, bool IsBrotli);

/// <summary>Reads the blocks of pages, sealed or not, through one door.</summary>
public sealed class PageBlocks(IObjectStore objects, ChunkBodies bodies)
{
    /// <summary>The page's blocks, in order of their first seq.</summary>
    public static IReadOnlyList<PageBlock> Of(PageContent page)
    {
        var blocks = new List<PageBlock>();
        foreach (var (part, _) in page.Parts)
        {
            blocks.AddRange(part.Footer.Blocks.Select((block, index) => Describe(part.Footer, block, index)));
        }

        blocks.AddRange(page.Pending.Select(Describe));
        return [.. blocks.OrderBy(block => block.FirstSeq)];
    }

    /// <summary>A block of a part, its hash checked.</summary>
    /// <param name="page">The page.</param>
    /// <param name="part">Number of the part.</param>
    /// <param name="block">Index of the block.</param>
    /// <param name="root">Root of the part's row: what is stored must be that part.</param>
    /// <param name="decoded">False to get the bytes as they are stored.</param>
    /// <param name="token">Ends the reading.</param>
    /// <returns>Null when the part's object, or the block, is not there.</returns>
    /// <exception cref="SegmentException">What is stored is not what was sealed.</exception>
    public async Task<BlockBytes?> ReadPartBlockAsync(
        PageId page, int part, int block, Hash256 root, bool decoded, CancellationToken token)
    {
        var key = PartKeys.Recording(page, part);
        using var stored = await StoredSegment.OpenAsync(objects, key, ReadFrom.Cache, token);
        if (stored is null)
        {
            return null;
        }

        var reader = await SegmentReader.OpenAsync(stored, token);
        if (reader.Root != root)
        {
            throw new SegmentException(SegmentFault.HashMismatch, $"'{key}' is not the part that was sealed.");
        }

        if (block < 0 || block >= reader.Footer.Blocks.Count)
        {
            return null;
        }

        var wanted = reader.Footer.Blocks[block];
        return decoded
            ? new BlockBytes(await reader.ReadBlockAsync(wanted, token), IsBrotli: false)
            : new BlockBytes(await reader.ReadStoredBlockAsync(wanted, token), IsBrotli: true);
    }

    /// <returns>Null when the bytes are not there any more.</returns>
    public Task<ReadOnlyMemory<byte>?> ReadPendingAsync(IndexedChunk chunk, CancellationToken token) =>
        bodies.ReadContentAsync(chunk, token);

    private static PageBlock Describe(SegmentFooter footer, SegmentBlock block, int index) => new()
    {
        Part = footer.Part,
        Number = index,
        ContentHash = block.ContentHash,
        ContentLength = block.ContentLength,
        FirstSeq = block.FirstSeq,
        LastSeq = block.LastSeq,
        ClockFrom = block.ClockFrom,
        ClockTo = block.ClockTo,
        StartsWithSnapshot = block.StartsWithSnapshot,
        Chunks = [.. footer.Chunks
            .Where(chunk => chunk.Seq >= block.FirstSeq && chunk.Seq <= block.LastSeq)
            .Select(chunk => (chunk.Seq, chunk.ContentLength))],
    };

    private static PageBlock Describe(IndexedChunk chunk) => new()
    {
        Part = null,
        Number = chunk.Chunk.Seq,
        ContentHash = chunk.ContentHash,
        ContentLength = chunk.ContentBytes,
        FirstSeq = chunk.Chunk.Seq,
        LastSeq = chunk.Chunk.Seq,
        ClockFrom = chunk.ClockFrom,
        ClockTo = chunk.ClockTo,
        StartsWithSnapshot = chunk.HasSnapshot,
        Chunks = [(chunk.Chunk.Seq, chunk.ContentBytes)],
    };
}
