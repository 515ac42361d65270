using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Recount.Primitives;
using Recount.Wire.Chunks;

namespace Recount.Capture.Import;

/// <summary>Turns an array of rrweb events into the chunks of one page, cut as the SDK would have cut them.</summary>
public sealed class RrwebPage
{
    private const int ChunkBytes = 64_000;
    private const int FullSnapshot = 2;
    private const int Meta = 4;

    /// <summary>Keeps the page clock inside what every reader can count in, ms: beyond it a recording's clock was none.</summary>
    private const double LargestClockMs = 1e15;

    private readonly List<byte[]> chunks = [];
    private readonly ArrayBufferWriter<byte> chunk = new(ChunkBytes);
    private double? first;
    private double at;

    private RrwebPage()
    {
    }

    /// <summary>Contents of the chunks, in order of seq.</summary>
    public IReadOnlyList<byte[]> Chunks => chunks;

    /// <summary>The first event's wall clock, Unix ms; null when it has none.</summary>
    public double? OpenedAt => first;

    /// <summary>
    /// An id that follows from the content, so that importing a file twice gives one session. It has the form of a
    /// UUID version 4.
    /// </summary>
    public static Guid IdOf(ReadOnlySpan<byte> json, string purpose)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(purpose));
        hash.AppendData(json);
        var bytes = hash.GetHashAndReset().AsSpan(0, 16);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    /// <param name="json">The file, with or without a byte order mark.</param>
    /// <exception cref="FormatException">It is no array of rrweb events, or one of them could not be archived.</exception>
    public static RrwebPage Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            var page = new RrwebPage();
            page.ReadEvents(json.Span.StartsWith(Encoding.UTF8.Preamble) ? json[Encoding.UTF8.Preamble.Length..] : json);
            return page.chunks.Count > 0 ? page : throw new FormatException("The array holds no events.");
        }
        catch (JsonException malformed)
        {
            throw new FormatException($"It is not JSON: {malformed.Message}", malformed);
        }
        catch (ChunkContentException unarchivable)
        {
            throw new FormatException($"It cannot be archived: {unarchivable.Message}", unarchivable);
        }
    }

    private void ReadEvents(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = ContentFacts.MaxTreeDepth });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
        {
            throw new FormatException("It is no JSON array; an array of rrweb events is expected.");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            Add(json[start..(int)reader.BytesConsumed]);
        }

        Cut();

        // Anything behind the array is malformed; the reader says so.
        reader.Read();
    }

    private void Add(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = ContentFacts.MaxTreeDepth });
        var rrweb = document.RootElement;
        if (rrweb.ValueKind != JsonValueKind.Object
            || !rrweb.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.Number
            || !type.TryGetInt32(out var kind))
        {
            throw new FormatException("An element of the array is no rrweb event: it has no type.");
        }

        if (rrweb.Number("timestamp") is { } wall)
        {
            first ??= wall;

            // The page clock never goes back, whatever the recording's wall clock did.
            at = Math.Clamp(wall - first.Value, at, LargestClockMs);
        }

        if (chunk.WrittenCount > 0 && (kind is Meta || (kind is FullSnapshot && !EndsWithMeta) || chunk.WrittenCount >= ChunkBytes))
        {
            Cut();
        }

        if (chunks.Count == 0 && chunk.WrittenCount == 0)
        {
            WritePage(rrweb, kind);
        }

        WriteEntry("rrweb", json.Span);
        EndsWithMeta = kind is Meta;
    }

    private bool EndsWithMeta { get; set; }

    private void WritePage(JsonElement rrweb, int kind)
    {
        var data = kind == Meta && rrweb.TryGetProperty("data", out var meta) ? meta : default;
        var page = JsonSerializer.SerializeToUtf8Bytes(new
        {
            url = data.Text("href") ?? "",
            viewport = new { width = data.Number("width") ?? 0, height = data.Number("height") ?? 0 },
            opened = first,
            ordinal = 0,
            sdk = new { name = "import-rrweb", version = "1" },
            privacy = "open",
        });
        WriteEntry("page", page);
    }

    private void WriteEntry(string kind, ReadOnlySpan<byte> data)
    {
        using (var json = new Utf8JsonWriter(chunk, new JsonWriterOptions { SkipValidation = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("at"u8, at);
            json.WriteString("k"u8, kind);
            json.WritePropertyName("d"u8);
            json.WriteRawValue(OneLine(data), skipInputValidation: true);
            json.WriteEndObject();
        }

        chunk.Write("\n"u8);
    }

    /// <summary>JSON keeps its meaning when the line feeds between its tokens become spaces; strings hold none.</summary>
    private static byte[] OneLine(ReadOnlySpan<byte> json)
    {
        var line = json.ToArray();
        line.AsSpan().ReplaceAny(System.Buffers.SearchValues.Create("\n\r"u8), (byte)' ');
        return line;
    }

    private void Cut()
    {
        if (chunk.WrittenCount > 0)
        {
            if (chunks.Count > ChunkId.MaxSeq)
            {
                throw new FormatException($"It makes more than {ChunkId.MaxSeq + 1} chunks; a page holds no more.");
            }

            if (chunk.WrittenCount > ChunkContent.MaxContentBytes)
            {
                throw new FormatException($"One event has more than {ChunkContent.MaxContentBytes} bytes.");
            }

            // What is acknowledged here must not end in quarantine: it is judged as the index will judge it.
            ContentFacts.Read(chunk.WrittenSpan);
            chunks.Add(chunk.WrittenSpan.ToArray());
            chunk.ResetWrittenCount();
        }
    }
}
