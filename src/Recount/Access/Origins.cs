namespace Recount.Access;

/// <summary>Origins of web pages, as browsers write them in the <c>Origin</c> header.</summary>
public static class Origins
{
    /// <summary>Most that one app may list.</summary>
    public const int Max = 100;

    public const string Rule = "An origin is scheme, host and port as browsers write them: https://shop.example";

    /// <returns>Null when the text is no origin; a trailing slash and capitals are forgiven.</returns>
    public static string? Parse(string text) =>
        Uri.TryCreate(text.Trim(), UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https"
        && uri.PathAndQuery == "/" && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0
            ? uri.GetLeftPart(UriPartial.Authority)
            : null;

    /// <summary>Reads a list with one origin a line, blank lines left out.</summary>
    /// <returns>Null when a line is no origin or there are more than <see cref="Max"/>.</returns>
    public static IReadOnlyList<string>? ParseLines(string? lines)
    {
        var parsed = (lines ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(Parse).Distinct().ToList();
        return parsed.Contains(null) || parsed.Count > Max ? null : parsed.OfType<string>().ToList();
    }
}
