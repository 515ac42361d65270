using System.Runtime.CompilerServices;
using Recount.Wire.Chunks;
using Recount.Wire.Segments;

namespace Recount.Recordings.Reading;

/// <summary>One entry of a session, in play order.</summary>
/// <param name="Page">The page.</param>
/// <param name="Seq">Seq of its chunk.</param>
/// <param name="Position">Position in the chunk.</param>
/// <param name="At">Page clock, ms; NaN when unknown.</param>
/// <param name="Entry">The entry as it was recorded, as JSON in UTF-8.</param>
/// <param name="DataOffset">Offset of <c>d</c> in the entry; -1 when there is none.</param>
/// <param name="DataLength">Bytes of <c>d</c>.</param>
/// <param name="Kind">Kind.</param>
public readonly record struct SessionEntry(
    Guid Page, int Seq, int Position, double At, ReadOnlyMemory<byte> Entry, int DataOffset, int DataLength, EntryKind Kind);

/// <summary>Reads a session's entries in play order: pages by their place in the session, then (seq, position).</summary>
public sealed class SessionEntries(PageBlocks blocks)
{
    /// <exception cref="SegmentException">A part is not what was sealed.</exception>
    /// <exception cref="IOException">A chunk's bytes are not there.</exception>
    public async IAsyncEnumerable<SessionEntry> ReadAsync(SessionView session, [EnumeratorCancellation] CancellationToken token)
    {
        foreach (var (view, _) in session.Pages)
        {
            await foreach (var (chunk, content) in ReadChunksAsync(view, token))
            {
                foreach (var entry in ContentFacts.Read(content.Span).Entries)
                {
                    yield return new SessionEntry(
                        view.Content.Id.Page,
                        chunk.Seq,
                        entry.Position,
                        entry.At,
                        content.Slice(entry.Offset, entry.Length),
                        entry.DataOffset < 0 ? -1 : entry.DataOffset - entry.Offset,
                        entry.DataLength,
                        entry.Kind);
                }
            }
        }
    }

    /// <summary>A page's chunks with their contents, in order of seq; one block of each part is held at a time.</summary>
    public async IAsyncEnumerable<(SegmentChunk Chunk, ReadOnlyMemory<byte> Content)> ReadChunksAsync(
        PageView page, [EnumeratorCancellation] CancellationToken token)
    {
        var pending = page.Content.Pending.ToDictionary(chunk => chunk.Chunk.Seq);
        var held = new Dictionary<int, (SegmentBlock Block, ReadOnlyMemory<byte> Content)>();
        foreach (var (chunk, part) in page.Chunks)
        {
            if (part is null)
            {
                yield return (chunk, await blocks.ReadPendingAsync(pending[chunk.Seq], token)
                    ?? throw new IOException($"The bytes of chunk {chunk.Seq} of page {page.Content.Id.Page} are not there."));
                continue;
            }

            if (!held.TryGetValue(part.Footer.Part, out var open) || chunk.Seq > open.Block.LastSeq)
            {
                var index = part.Footer.Blocks.Index().First(block => block.Item.LastSeq >= chunk.Seq).Index;
                var read = await blocks.ReadPartBlockAsync(
                    part.Page, part.Footer.Part, index, part.Root, decoded: true, token)
                    ?? throw new IOException($"Part {part.Footer.Part} of page {page.Content.Id.Page} is not there.");
                held[part.Footer.Part] = open = (part.Footer.Blocks[index], read.Bytes);
            }

            yield return (chunk, open.Content.Slice((int)(chunk.ContentOffset - open.Block.ContentOffset), chunk.ContentLength));
        }
    }
}
