using System.Globalization;
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
}
