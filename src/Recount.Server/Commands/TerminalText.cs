namespace Recount.Server.Commands;

/// <summary>
/// What was recorded is written by strangers: an address or a name may hold what moves a terminal's cursor, sets its
/// title, or shows a text backwards.
/// </summary>
internal static class TerminalText
{
    /// <returns>The text with nothing in it that a terminal obeys.</returns>
    public static string Of(string text) =>
        text.Any(IsObeyed) ? string.Concat(text.Select(character => IsObeyed(character) ? '\uFFFD' : character)) : text;

    private static bool IsObeyed(char character) =>
        char.IsControl(character) || character is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069')
            or '\u200E' or '\u200F' or '\u061C' or '\u2028' or '\u2029';
}
