using System.Text.Json;

namespace Recount.Primitives;

/// <summary>How the API writes and reads JSON, the command line and the player's start included.</summary>
public static class ApiJson
{
    /// <summary>Names in snake case; keys of dictionaries as they are.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };
}
