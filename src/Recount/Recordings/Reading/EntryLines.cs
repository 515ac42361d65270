using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using System.Text.Json;
using Recount.Primitives;
using Recount.Wire.Chunks;

namespace Recount.Recordings.Reading;

/// <summary>
/// Writes entries as NDJSON: <c>{"page","seq","i","at","k","d"}</c>, <c>d</c> byte for byte as it was recorded; and
/// <c>{"page","seq","gap":{"cause"}}</c> in the place of a chunk that cannot be read.
/// </summary>
internal static class EntryLines
{
    private const int FlushBytes = 256 << 10;

    public static async Task WriteAsync(PipeWriter output, IAsyncEnumerable<SessionEntry> entries, CancellationToken token)
    {
        await foreach (var entry in entries.WithCancellation(token))
        {
            Write(output, entry);
            if (output.UnflushedBytes >= FlushBytes)
            {
                await output.FlushAsync(token);
            }
        }

        await output.FlushAsync(token);
    }

    private static void Write(PipeWriter output, SessionEntry entry)
    {
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true }))
        {
            json.WriteStartObject();
            json.WriteString("page"u8, entry.Page);
            json.WriteNumber("seq"u8, entry.Seq);
            if (entry.Cause is null)
            {
                WriteEntry(json, entry);
            }
            else
            {
                json.WriteStartObject("gap"u8);
                json.WriteString("cause"u8, entry.Cause);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    private static void WriteEntry(Utf8JsonWriter json, SessionEntry entry)
    {
        json.WriteNumber("i"u8, entry.Position);
        WriteAt(json, entry.At);
        json.WritePropertyName("k"u8);
        WriteKind(json, entry);
        json.WritePropertyName("d"u8);
        if (entry.DataOffset < 0)
        {
            json.WriteNullValue();
        }
        else
        {
            json.WriteRawValue(entry.Entry.Span.Slice(entry.DataOffset, entry.DataLength), skipInputValidation: true);
        }
    }

    private static void WriteAt(Utf8JsonWriter json, double at)
    {
        if (double.IsNaN(at))
        {
            json.WriteNull("at"u8);
        }
        else
        {
            json.WriteNumber("at"u8, at);
        }
    }

    /// <summary>The kind as it was recorded; one that this version does not know .NET may not even take for text.</summary>
    private static void WriteKind(Utf8JsonWriter json, SessionEntry entry)
    {
        if (entry.Kind != EntryKind.Other)
        {
            json.WriteStringValue(EntryKinds.NameOf(entry.Kind));
            return;
        }

        using var document = JsonDocument.Parse(entry.Entry);
        document.RootElement.TryFind("k", out var kind);
        json.WriteRawValue(JsonMarshal.GetRawUtf8Value(kind), skipInputValidation: true);
    }
}
