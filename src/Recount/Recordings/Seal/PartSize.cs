using System.Text;
using Recount.Recordings.Index;
using Recount.Wire.Segments;

namespace Recount.Recordings.Seal;

/// <summary>
/// What a part holds so far, against what it may hold. Its footer is bounded as well as its content: a page of empty
/// chunks with kilobytes of parameters each would make a part that no reader takes, again and again.
/// </summary>
/// <param name="maxContentBytes">Greatest uncompressed content.</param>
internal struct PartSize(long maxContentBytes)
{
    /// <summary>What the footer may say of the chunks, bytes; far from what a reader takes.</summary>
    public const int MaxDescribedBytes = SegmentFormat.MaxFooterBytes / 4;

    /// <summary>About what a footer says of a chunk beside its parameters, bytes.</summary>
    private const int ChunkRowBytes = 128;

    private long contentBytes;
    private long describedBytes;

    /// <returns>False when the chunk makes the part too large, and there is another one in it.</returns>
    public bool TryAdd(IndexedChunk chunk)
    {
        var (content, described) = (
            contentBytes + chunk.ContentBytes, describedBytes + ChunkRowBytes + Encoding.UTF8.GetByteCount(chunk.Query));
        if (describedBytes > 0 && (content > maxContentBytes || described > MaxDescribedBytes))
        {
            return false;
        }

        (contentBytes, describedBytes) = (content, described);
        return true;
    }
}
