using System.Globalization;
using System.Text;
using Recount.Wire.Chunks;
using Recount.Wire.Segments;

namespace Recount.Recordings.Reading;

/// <summary>Reads the entries of an event part back: <c>[i,entry]</c>, one a line.</summary>
internal static class EventPart
{
    /// <summary>The entries of one chunk, each with its position in the chunk as it was recorded.</summary>
    public static IEnumerable<(int Position, ReadOnlyMemory<byte> Entry)> Entries(ReadOnlyMemory<byte> content)
    {
        var rest = content;
        while (!rest.IsEmpty)
        {
            var feed = rest.Span.IndexOf((byte)'\n');
            var line = feed < 0 ? rest : rest[..feed];
            rest = feed < 0 ? default : rest[(feed + 1)..];
            var comma = line.Span.IndexOf((byte)',');
            if (comma < 0
                || !int.TryParse(line.Span[1..comma], NumberStyles.None, CultureInfo.InvariantCulture, out var position))
            {
                throw new SegmentException(SegmentFault.Damaged, "A line of the event part is no entry.");
            }

            yield return (position, line[(comma + 1)..^1]);
        }
    }

    /// <summary>The entries of a chunk that are copied for lists.</summary>
    public static IEnumerable<Index.EntryFact> Facts(
        SegmentFooter footer, SegmentChunk chunk, ReadOnlyMemory<byte> content, long maxBytes)
    {
        var budget = new Index.FactBudget(maxBytes);
        foreach (var (position, entry) in Entries(content))
        {
            var read = ContentFacts.Read(entry.Span).Entries[0];
            if (budget.TryTake(read))
            {
                yield return new Index.EntryFact(
                    footer.Account,
                    new ChunkId(footer.Session, footer.Page, chunk.Seq),
                    chunk.Frame.Frame,
                    position,
                    read.At,
                    read.Kind,
                    Encoding.UTF8.GetString(entry.Span.Slice(read.DataOffset, read.DataLength)));
            }
        }
    }
}
