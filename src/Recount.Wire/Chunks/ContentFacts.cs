using System.Text.Unicode;

namespace Recount.Wire.Chunks;

/// <summary>One entry of a content: where it stands and what it is.</summary>
/// <param name="Position">Position in the chunk, from 0; blank lines do not count.</param>
/// <param name="Offset">Offset of the entry's first byte in the content.</param>
/// <param name="Length">Bytes of the entry, without its line feed.</param>
/// <param name="At">Page clock, ms; NaN when unknown.</param>
/// <param name="Kind">Kind.</param>
/// <param name="IsSnapshot">An rrweb full snapshot.</param>
/// <param name="DataOffset">Offset of <c>d</c> in the content; -1 when there is none.</param>
/// <param name="DataLength">Bytes of <c>d</c>.</param>
public readonly record struct EntrySpan(
    int Position, int Offset, int Length, double At, EntryKind Kind, bool IsSnapshot, int DataOffset, int DataLength);

/// <summary>What a content holds, read in one pass that keeps nothing but offsets.</summary>
public sealed class ContentFacts
{
    /// <summary>Deepest nesting of an entry that draws no document.</summary>
    public const int MaxDepth = 64;

    /// <summary>
    /// Deepest nesting of an entry that holds a document's tree: a browser's parser nests 512 elements, each of them is
    /// two levels of JSON, and what stands around the tree takes a few more.
    /// </summary>
    public const int MaxTreeDepth = 1056;

    /// <summary>Most entries of one chunk, so that many tiny lines cannot outgrow the memory that bytes are bounded by.</summary>
    public const int MaxEntries = 1 << 18;

    private readonly int[] kinds = new int[EntryKinds.Count];
    private readonly List<EntrySpan> entries = [];

    public IReadOnlyList<EntrySpan> Entries => entries;

    /// <summary>Entries by <see cref="EntryKind"/>.</summary>
    public IReadOnlyList<int> Kinds => kinds;

    public bool HasSnapshot { get; private set; }

    /// <summary>Least page clock, ms; NaN when no entry has one.</summary>
    public double ClockFrom { get; private set; } = double.NaN;

    /// <summary>Greatest page clock, ms; NaN when no entry has one.</summary>
    public double ClockTo { get; private set; } = double.NaN;

    /// <exception cref="ChunkContentException">It is not UTF-8, or a line is no entry or nested too deep.</exception>
    public static ContentFacts Read(ReadOnlySpan<byte> content)
    {
        if (!Utf8.IsValid(content))
        {
            throw new ChunkContentException(ContentFault.Undecodable, "The content is not UTF-8.");
        }

        var facts = new ContentFacts();
        for (var start = 0; start < content.Length;)
        {
            var feed = content[start..].IndexOf((byte)'\n');
            var end = feed < 0 ? content.Length : start + feed;
            facts.AddLine(content, start, end);
            start = end + 1;
        }

        return facts;
    }

    private void AddLine(ReadOnlySpan<byte> content, int start, int end)
    {
        while (end > start && content[end - 1] is (byte)' ' or (byte)'\t' or (byte)'\r')
        {
            end--;
        }

        while (start < end && content[start] is (byte)' ' or (byte)'\t')
        {
            start++;
        }

        if (start == end)
        {
            return;
        }

        if (entries.Count == MaxEntries)
        {
            throw new ChunkContentException(ContentFault.TooLarge, $"The content has more than {MaxEntries} entries.");
        }

        var entry = EntryScanner.Scan(content[start..end], start, entries.Count);
        entries.Add(entry);
        kinds[(int)entry.Kind]++;
        HasSnapshot |= entry.IsSnapshot;
        ClockFrom = double.MinNumber(ClockFrom, entry.At);
        ClockTo = double.MaxNumber(ClockTo, entry.At);
    }
}
