using System.Text.Json;

namespace Recount.Primitives;

/// <summary>Reads values out of what clients sent: whatever is not of the expected form is unknown.</summary>
public static class JsonValues
{
    /// <returns>Null when there is no such text.</returns>
    public static string? Text(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? WithoutNul(value)
            : null;

    /// <returns>Null when there is no such finite number.</returns>
    public static double? Number(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetDouble(out var number)
        && double.IsFinite(number)
            ? number
            : null;

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
