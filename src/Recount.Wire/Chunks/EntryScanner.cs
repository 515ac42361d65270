using System.Text.Json;

namespace Recount.Wire.Chunks;

/// <summary>Reads one line of a content: whether it is an entry, and where its parts stand.</summary>
internal ref struct EntryScanner
{
    private const int RrwebFullSnapshot = 2;
    private const int RrwebIncrement = 3;
    private const int None = -1;

    private readonly int position;
    private Utf8JsonReader reader;
    private int deepest;
    private double at = double.NaN;
    private EntryKind kind = EntryKind.Other;
    private bool hasKind;
    private int dataOffset = None;
    private int dataLength;
    private int dataType = None;

    private EntryScanner(ReadOnlySpan<byte> line, int position)
    {
        this.position = position;
        reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = ContentFacts.MaxTreeDepth + 2 });
    }

    /// <param name="line">The line, without blanks around it.</param>
    /// <param name="offset">Offset of the line in its content.</param>
    /// <param name="position">Position of the entry in its chunk.</param>
    /// <exception cref="ChunkContentException">It is no entry, or nested too deep.</exception>
    public static EntrySpan Scan(ReadOnlySpan<byte> line, int offset, int position)
    {
        var scanner = new EntryScanner(line, position);
        try
        {
            scanner.ReadFields();
        }
        catch (JsonException broken)
        {
            throw new ChunkContentException(ContentFault.Undecodable, $"Line {position} is not JSON.", broken);
        }

        scanner.CheckDepth(scanner.IsTree ? ContentFacts.MaxTreeDepth : ContentFacts.MaxDepth);
        return new EntrySpan(
            position,
            offset,
            line.Length,
            scanner.at,
            scanner.kind,
            scanner is { kind: EntryKind.Rrweb, dataType: RrwebFullSnapshot },
            scanner.dataOffset < 0 ? None : offset + scanner.dataOffset,
            scanner.dataLength);
    }

    /// <summary>It may hold the tree of a document or screen, whose nesting is the page's own.</summary>
    private readonly bool IsTree =>
        kind == EntryKind.Mobile || (kind == EntryKind.Rrweb && dataType is RrwebFullSnapshot or RrwebIncrement);

    private void ReadFields()
    {
        if (!Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new ChunkContentException(ContentFault.Undecodable, $"Line {position} is not a JSON object.");
        }

        while (Read() && reader.CurrentDepth > 0)
        {
            ReadField();
        }

        while (Read())
        {
            // Reads to the end of the line, so that bytes behind the object are an error.
        }

        if (!hasKind)
        {
            throw new ChunkContentException(ContentFault.Undecodable, $"Line {position} has no kind.");
        }
    }

    private void ReadField()
    {
        var (isAt, isKind, isData) = (Is("at"u8), Is("k"u8), Is("d"u8));
        Read();
        if (isAt)
        {
            at = NumberOrUnknown();
        }
        else if (isKind)
        {
            hasKind = reader.TokenType == JsonTokenType.String;
            kind = hasKind ? EntryKinds.Parse(reader.ValueSpan, reader.ValueIsEscaped) : EntryKind.Other;
        }
        else if (isData)
        {
            dataOffset = (int)reader.TokenStartIndex;
            dataType = None;
            ReadData();
            dataLength = (int)reader.BytesConsumed - dataOffset;
            return;
        }

        Skip();
    }

    /// <summary>Skips the data and remembers its own numeric <c>type</c>.</summary>
    private void ReadData()
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Skip();
            return;
        }

        var depth = reader.CurrentDepth;
        while (Read() && reader.CurrentDepth > depth)
        {
            var isType = Is("type"u8);
            Read();
            if (isType && (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out dataType)))
            {
                dataType = None;
            }

            Skip();
        }
    }

    private void Skip()
    {
        var depth = reader.CurrentDepth;
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            while (Read() && reader.CurrentDepth > depth)
            {
            }
        }
    }

    private bool Read()
    {
        var read = reader.Read();
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            deepest = Math.Max(deepest, reader.CurrentDepth + 1);
            CheckDepth(ContentFacts.MaxTreeDepth);
        }

        return read;
    }

    private readonly void CheckDepth(int limit)
    {
        if (deepest > limit)
        {
            throw new ChunkContentException(
                ContentFault.TooDeep, $"Line {position} is nested deeper than {limit} levels.");
        }
    }

    private readonly bool Is(ReadOnlySpan<byte> name) => EscapedText.Equals(reader.ValueSpan, reader.ValueIsEscaped, name);

    private readonly double NumberOrUnknown() =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : double.NaN;
}
