using Recount.Recordings.Index;
using Recount.Wire.Chunks;
using Recount.Wire.Segments;

namespace Recount.Recordings.Seal;

/// <summary>What is known of a chunk by the parts that are there.</summary>
public enum SealedVerdict
{
    /// <summary>No part holds its identity.</summary>
    NotSealed,

    /// <summary>A part holds this very frame.</summary>
    SameFrame,

    /// <summary>A part holds the same content, sent another time.</summary>
    SameContent,

    /// <summary>A part holds other content under its identity.</summary>
    OtherContent,
}

/// <summary>
/// The one rule by which a chunk meets the parts of its page; the indexer asks after it inserted, the sealer after it
/// wrote a part, so that whoever is later sees the other.
/// </summary>
public sealed class SealedChunks
{
    private readonly Dictionary<(Guid Account, ChunkId Chunk), SegmentChunk> chunks = [];

    public SealedChunks(IEnumerable<ProvenPart> parts)
    {
        foreach (var footer in parts.Select(part => part.Footer))
        {
            foreach (var chunk in footer.Chunks)
            {
                chunks[(footer.Account, new ChunkId(footer.Session, footer.Page, chunk.Seq))] = chunk;
            }
        }
    }

    public SealedVerdict Judge(IndexedChunk chunk)
    {
        if (!chunks.TryGetValue((chunk.Account, chunk.Chunk), out var found))
        {
            return SealedVerdict.NotSealed;
        }

        return found.Frame == chunk.Frame ? SealedVerdict.SameFrame
            : found.ContentHash == chunk.ContentHash ? SealedVerdict.SameContent
            : SealedVerdict.OtherContent;
    }
}
