using System.Data.Common;
using System.Runtime.CompilerServices;
using Recount.Database;
using Recount.Recordings.Index;
using Recount.Recordings.Seal;
using Recount.Wire.Segments;

namespace Recount.Recordings.Reading;

/// <summary>A chunk with its content, or with the cause why there is none.</summary>
/// <param name="Chunk">The chunk.</param>
/// <param name="Content">Its content; empty when there is a cause.</param>
/// <param name="Cause">One of <see cref="GapCause"/>; null when it was read.</param>
public readonly record struct ReadChunk(SegmentChunk Chunk, ReadOnlyMemory<byte> Content, string? Cause);

/// <summary>
/// Reads a page's chunks in order of seq, one block of each part held at a time. What cannot be read is told in its place
/// and the rest goes on: one lost object must not take the page with it.
/// </summary>
internal sealed class PageChunks(PageView page, PageBlocks blocks, ChunkBodies bodies, Db db)
{
    private readonly Dictionary<int, (SegmentBlock Block, ReadOnlyMemory<byte> Content, string? Cause)> held = [];

    public async IAsyncEnumerable<ReadChunk> ReadAsync([EnumeratorCancellation] CancellationToken token)
    {
        var pending = page.Content.Pending.ToDictionary(chunk => chunk.Chunk.Seq);
        foreach (var (chunk, part) in page.Chunks)
        {
            yield return part is null
                ? await ReadPendingAsync(chunk, pending[chunk.Seq], token)
                : await ReadSealedAsync(chunk, part, token);
        }
    }

    private async Task<ReadChunk> ReadPendingAsync(SegmentChunk chunk, IndexedChunk pending, CancellationToken token)
    {
        string cause;
        try
        {
            if (await bodies.ReadContentAsync(pending, token) is { } content)
            {
                return new ReadChunk(chunk, content, null);
            }

            cause = await bodies.HasObjectAsync(pending, token) ? GapCause.Damaged : GapCause.ObjectMissing;
        }
        catch (IOException)
        {
            cause = GapCause.Damaged;
        }

        // Since the session was looked at, its page may have been sealed and the intake object released.
        return await FindPartAsync(pending, token) is { } found
            ? await ReadSealedAsync(found.Chunk, found.Part, token)
            : new ReadChunk(chunk, default, cause);
    }

    private async Task<(SegmentChunk Chunk, ProvenPart Part)?> FindPartAsync(IndexedChunk pending, CancellationToken token)
    {
        try
        {
            await using var connection = await db.OpenAsync(token);
            foreach (var part in await PartStore.OfPageAsync(connection, page.Content.Id, token))
            {
                if (part.Footer.Chunks.FirstOrDefault(chunk => chunk.Seq == pending.Chunk.Seq) is { } chunk)
                {
                    return (chunk, part);
                }
            }
        }
        catch (Exception away) when (away is DatabaseUnavailableException or DbException)
        {
            // Half of an answer has been sent: what the store says has to do.
        }

        return null;
    }

    private async Task<ReadChunk> ReadSealedAsync(SegmentChunk chunk, ProvenPart part, CancellationToken token)
    {
        if (!held.TryGetValue(part.Footer.Part, out var open) || chunk.Seq > open.Block.LastSeq || chunk.Seq < open.Block.FirstSeq)
        {
            held[part.Footer.Part] = open = await ReadBlockAsync(chunk, part, token);
        }

        return open.Cause is null
            ? new ReadChunk(
                chunk, open.Content.Slice((int)(chunk.ContentOffset - open.Block.ContentOffset), chunk.ContentLength), null)
            : new ReadChunk(chunk, default, open.Cause);
    }

    private async Task<(SegmentBlock Block, ReadOnlyMemory<byte> Content, string? Cause)> ReadBlockAsync(
        SegmentChunk chunk, ProvenPart part, CancellationToken token)
    {
        var (index, block) = part.Footer.Blocks.Index().First(block => block.Item.LastSeq >= chunk.Seq);
        try
        {
            var read = await blocks.ReadPartBlockAsync(
                part.Page, part.Footer.Part, index, part.Root, decoded: true, token);
            return read is null ? (block, default, GapCause.ObjectMissing) : (block, read.Bytes, null);
        }
        catch (SegmentException fault)
        {
            return (block, default, GapCause.Of(fault.Fault));
        }
        catch (IOException)
        {
            return (block, default, GapCause.Damaged);
        }
    }
}
