using System.Text.Json;
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
    /// <summary>Deepest nesting of an entry.</summary>
    public const int MaxDepth = 64;

    /// <summary>Most entries of one chunk, so that many tiny lines cannot outgrow the memory that bytes are bounded by.</summary>
    public const int MaxEntries = 1 << 18;

    private const int RrwebFullSnapshot = 2;

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

        var entry = ReadEntry(content[start..end], start, entries.Count);
        entries.Add(entry);
        kinds[(int)entry.Kind]++;
        HasSnapshot |= entry.IsSnapshot;
        ClockFrom = double.MinNumber(ClockFrom, entry.At);
        ClockTo = double.MaxNumber(ClockTo, entry.At);
    }

    private static EntrySpan ReadEntry(ReadOnlySpan<byte> line, int offset, int position)
    {
        try
        {
            var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = MaxDepth + 2 });
            var fields = ReadFields(ref reader, position);
            return new EntrySpan(
                position,
                offset,
                line.Length,
                fields.At,
                fields.Kind,
                fields is { Kind: EntryKind.Rrweb, DataType: RrwebFullSnapshot },
                fields.DataOffset < 0 ? -1 : offset + fields.DataOffset,
                fields.DataLength);
        }
        catch (JsonException broken)
        {
            throw new ChunkContentException(ContentFault.Undecodable, $"Line {position} is not JSON.", broken);
        }
    }

    private static EntryFields ReadFields(ref Utf8JsonReader reader, int position)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new ChunkContentException(ContentFault.Undecodable, $"Line {position} is not a JSON object.");
        }

        var fields = new EntryFields();
        var hasKind = false;
        while (ReadWithin(ref reader, position) && reader.CurrentDepth > 0)
        {
            if (Is(ref reader, "at"u8))
            {
                ReadWithin(ref reader, position);
                fields.At = NumberOrUnknown(ref reader);
                Skip(ref reader, position);
            }
            else if (Is(ref reader, "k"u8))
            {
                ReadWithin(ref reader, position);
                hasKind = reader.TokenType == JsonTokenType.String;
                fields.Kind = hasKind ? EntryKinds.Parse(reader.ValueSpan, reader.ValueIsEscaped) : EntryKind.Other;
                Skip(ref reader, position);
            }
            else if (Is(ref reader, "d"u8))
            {
                ReadWithin(ref reader, position);
                fields.DataOffset = (int)reader.TokenStartIndex;
                fields.DataType = ReadData(ref reader, position);
                fields.DataLength = (int)reader.BytesConsumed - fields.DataOffset;
            }
            else
            {
                ReadWithin(ref reader, position);
                Skip(ref reader, position);
            }
        }

        while (reader.Read())
        {
            // Reads to the end of the line, so that bytes behind the object are an error.
        }

        return hasKind
            ? fields
            : throw new ChunkContentException(ContentFault.Undecodable, $"Line {position} has no kind.");
    }

    /// <summary>Skips a value and returns its own numeric <c>type</c>, -1 when it has none.</summary>
    private static int ReadData(ref Utf8JsonReader reader, int position)
    {
        var type = -1;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Skip(ref reader, position);
            return type;
        }

        var depth = reader.CurrentDepth;
        while (ReadWithin(ref reader, position) && reader.CurrentDepth > depth)
        {
            var isType = Is(ref reader, "type"u8);
            ReadWithin(ref reader, position);
            if (isType && (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out type)))
            {
                type = -1;
            }

            Skip(ref reader, position);
        }

        return type;
    }

    private static void Skip(ref Utf8JsonReader reader, int position)
    {
        var depth = reader.CurrentDepth;
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            while (ReadWithin(ref reader, position) && reader.CurrentDepth > depth)
            {
            }
        }
    }

    private static bool ReadWithin(ref Utf8JsonReader reader, int position)
    {
        var read = reader.Read();
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && reader.CurrentDepth >= MaxDepth)
        {
            throw new ChunkContentException(
                ContentFault.TooDeep, $"Line {position} is nested deeper than {MaxDepth} levels.");
        }

        return read;
    }

    private static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        EscapedText.Equals(reader.ValueSpan, reader.ValueIsEscaped, name);

    private static double NumberOrUnknown(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : double.NaN;

    private struct EntryFields()
    {
        public double At = double.NaN;
        public EntryKind Kind = EntryKind.Other;
        public int DataOffset = -1;
        public int DataLength = 0;
        public int DataType = -1;
    }
}
