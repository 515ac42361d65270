using System.Runtime.InteropServices;
using System.Text.Json;

namespace Recount.Primitives;

/// <summary>Reads values out of what clients sent: whatever is not of the expected form is unknown.</summary>
public static class JsonValues
{
    /// <summary>
    /// Finds a property without decoding the names beside it: one of them may hold half of a surrogate pair, and
    /// <see cref="JsonElement.TryGetProperty(string, out JsonElement)"/> throws on it.
    /// </summary>
    /// <param name="element">Any value.</param>
    /// <param name="name">Printable ASCII without quotation marks and backslashes.</param>
    /// <param name="value">The last property of that name.</param>
    /// <returns>False when it is no object or has no such property.</returns>
    public static bool TryFind(this JsonElement element, string name, out JsonElement value)
    {
        value = default;
        if (element.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        var isFound = false;
        foreach (var property in element.EnumerateObject())
        {
            if (!HasSurrogate(JsonMarshal.GetRawUtf8PropertyName(property)) && property.NameEquals(name))
            {
                (isFound, value) = (true, property.Value);
            }
        }

        return isFound;
    }

    /// <returns>Null when there is no such text.</returns>
    public static string? Text(this JsonElement element, string name) =>
        element.TryFind(name, out var value) && value.ValueKind == JsonValueKind.String ? WithoutNul(value) : null;

    /// <returns>Null when there is no such finite number.</returns>
    public static double? Number(this JsonElement element, string name) =>
        element.TryFind(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetDouble(out var number)
        && double.IsFinite(number)
            ? number
            : null;

    private static bool HasSurrogate(ReadOnlySpan<byte> name) =>
        name.IndexOf("\\ud"u8) >= 0 || name.IndexOf("\\uD"u8) >= 0;

    /// <summary>PostgreSQL's text has no NUL, and a lone surrogate has no UTF-8: both become the replacement character.</summary>
    private static string? WithoutNul(JsonElement value)
    {
        try
        {
            return value.GetString()?.Replace('\0', '\uFFFD');
        }
        catch (InvalidOperationException)
        {
            return "\uFFFD";
        }
    }
}
