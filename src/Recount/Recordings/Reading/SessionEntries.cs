using System.Runtime.CompilerServices;
using Recount.Database;
using Recount.Wire.Chunks;

namespace Recount.Recordings.Reading;

/// <summary>One entry of a session, in play order; or a chunk of it that cannot be read.</summary>
/// <param name="Page">The page.</param>
/// <param name="Seq">Seq of its chunk.</param>
/// <param name="Position">Position in the chunk.</param>
/// <param name="At">Page clock, ms; NaN when unknown.</param>
/// <param name="Entry">The entry as it was recorded, as JSON in UTF-8.</param>
/// <param name="DataOffset">Offset of <c>d</c> in the entry; -1 when there is none.</param>
/// <param name="DataLength">Bytes of <c>d</c>.</param>
/// <param name="Kind">Kind.</param>
/// <param name="Cause">One of <see cref="GapCause"/> when the chunk cannot be read: then there is no entry.</param>
public readonly record struct SessionEntry(
    Guid Page, int Seq, int Position, double At, ReadOnlyMemory<byte> Entry, int DataOffset, int DataLength, EntryKind Kind,
    string? Cause = null);

/// <summary>Reads a session's entries in play order: pages by their place in the session, then (seq, position).</summary>
public sealed class SessionEntries(PageBlocks blocks, ChunkBodies bodies, Db db, RecordingsMetrics metrics)
{
    /// <summary>Every entry that can be read; a chunk that cannot has one entry with its cause.</summary>
    public async IAsyncEnumerable<SessionEntry> ReadAsync(SessionView session, [EnumeratorCancellation] CancellationToken token)
    {
        foreach (var (view, _) in session.Pages)
        {
            await foreach (var chunk in ReadChunksAsync(view, token))
            {
                foreach (var entry in EntriesOf(view.Content.Id.Page, chunk))
                {
                    yield return entry;
                }
            }
        }
    }

    /// <summary>A page's chunks with their contents, in order of seq.</summary>
    public IAsyncEnumerable<ReadChunk> ReadChunksAsync(PageView page, CancellationToken token) =>
        new PageChunks(page, blocks, bodies, db).ReadAsync(token);

    private IEnumerable<SessionEntry> EntriesOf(Guid page, ReadChunk read)
    {
        var (chunk, content, cause) = read;
        if (cause is not null)
        {
            metrics.Unreadable(cause);
            return [new SessionEntry(page, chunk.Seq, -1, double.NaN, default, -1, 0, EntryKind.Other, cause)];
        }

        return ContentFacts.Read(content.Span).Entries.Select(entry => new SessionEntry(
            page,
            chunk.Seq,
            entry.Position,
            entry.At,
            content.Slice(entry.Offset, entry.Length),
            entry.DataOffset < 0 ? -1 : entry.DataOffset - entry.Offset,
            entry.DataLength,
            entry.Kind));
    }
}
