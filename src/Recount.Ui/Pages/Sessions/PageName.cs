namespace Recount.Ui.Pages.Sessions;

/// <summary>What a recorded page is called on a screen.</summary>
public static class PageName
{
    /// <summary>
    /// Its title; its address when it has none, or when nothing of the title was left by the app's privacy level: a row of
    /// asterisks tells no page from another.
    /// </summary>
    public static string Of(string? title, string? url) => Known(title, url) ?? "Unknown page";

    /// <returns>Null when neither is known.</returns>
    public static string? Known(string? title, string? url) =>
        title is not null && title.Any(letter => letter != '*' && !char.IsWhiteSpace(letter)) ? title
        : string.IsNullOrWhiteSpace(url) ? null
        : url.Split("://", 2)[^1];
}
