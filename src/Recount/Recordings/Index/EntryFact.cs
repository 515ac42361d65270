using System.Text;
using Recount.Wire.Chunks;

namespace Recount.Recordings.Index;

/// <summary>An entry copied out of a chunk, so that lists need not read the archive.</summary>
/// <param name="Account">Account.</param>
/// <param name="Chunk">The chunk it stands in.</param>
/// <param name="Frame">Number of the frame that brought it.</param>
/// <param name="Position">Position in the chunk.</param>
/// <param name="At">Page clock, ms; NaN when unknown.</param>
/// <param name="Kind">Kind.</param>
/// <param name="Data">Its <c>d</c>, as JSON.</param>
public sealed record EntryFact(
    Guid Account, ChunkId Chunk, int Frame, int Position, double At, EntryKind Kind, string Data)
{
    /// <summary>Kinds that are copied: they say what a page, a person or a clock is.</summary>
    public static bool IsFact(EntryKind kind) =>
        kind is EntryKind.Page or EntryKind.Anchor or EntryKind.Gap or EntryKind.Identify;

    /// <summary>What is copied of one chunk.</summary>
    /// <param name="account">Account.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="frame">Number of the frame that brought it.</param>
    /// <param name="entries">Its entries.</param>
    /// <param name="content">Its content.</param>
    /// <param name="maxBytes">Greatest data of all of them together.</param>
    public static List<EntryFact> Of(
        Guid account, ChunkId chunk, int frame, IEnumerable<EntrySpan> entries, ReadOnlySpan<byte> content, long maxBytes)
    {
        var budget = new FactBudget(maxBytes);
        var facts = new List<EntryFact>();
        foreach (var entry in entries)
        {
            if (budget.TryTake(entry))
            {
                var data = Encoding.UTF8.GetString(content.Slice(entry.DataOffset, entry.DataLength));
                facts.Add(new EntryFact(account, chunk, frame, entry.Position, entry.At, entry.Kind, data));
            }
        }

        return facts;
    }
}
