using System.Text;
using System.Text.Json;
using Recount.Wire.Chunks;

namespace Recount.Tests.Wire.Chunks;

/// <summary>One entry as the slow reader sees it.</summary>
internal sealed record OracleEntry(double At, string Kind, bool IsSnapshot, string? Data);

/// <summary>What a content holds, read slowly and by other means than <see cref="ContentFacts"/>.</summary>
internal static class ContentOracle
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <returns>Null when the content is not to be taken.</returns>
    public static List<OracleEntry>? Read(byte[] content)
    {
        string text;
        try
        {
            text = Strict.GetString(content);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }

        var entries = new List<OracleEntry>();
        foreach (var line in text.Split('\n').Select(line => line.Trim(' ', '\t', '\r')).Where(line => line.Length > 0))
        {
            if (ReadEntry(line) is not { } entry)
            {
                return null;
            }

            entries.Add(entry);
        }

        return entries;
    }

    private static OracleEntry? ReadEntry(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = ContentFacts.MaxDepth });
            return json.RootElement.ValueKind == JsonValueKind.Object ? ReadObject(json.RootElement) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static OracleEntry? ReadObject(JsonElement entry)
    {
        if (Field(entry, "k") is not { ValueKind: JsonValueKind.String } kind)
        {
            return null;
        }

        var data = Field(entry, "d");
        var name = EntryKinds.Known.FirstOrDefault(known => IsText(kind, known)) ?? "";
        var type = data is { ValueKind: JsonValueKind.Object } value ? Field(value, "type") : null;
        return new OracleEntry(
            Field(entry, "at") is { ValueKind: JsonValueKind.Number } at && at.TryGetDouble(out var number)
                && double.IsFinite(number) ? number : double.NaN,
            name,
            name == "rrweb" && type is { ValueKind: JsonValueKind.Number } of && of.TryGetInt32(out var snapshot) && snapshot == 2,
            data?.GetRawText());
    }

    /// <summary>The last of a name counts, as in JavaScript.</summary>
    private static JsonElement? Field(JsonElement parent, string name)
    {
        JsonElement? found = null;
        foreach (var field in parent.EnumerateObject())
        {
            try
            {
                found = field.NameEquals(name) ? field.Value : found;
            }
            catch (InvalidOperationException)
            {
                // A name with half a surrogate pair is another name.
            }
        }

        return found;
    }

    private static bool IsText(JsonElement element, string text)
    {
        try
        {
            return element.ValueEquals(text);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
