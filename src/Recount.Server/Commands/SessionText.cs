using System.Globalization;
using System.Text.Json;

namespace Recount.Server.Commands;

/// <summary>A session as <c>recount sessions show</c> writes it for a person.</summary>
internal static class SessionText
{
    public static void Write(CommandOutput output, JsonElement session)
    {
        var pages = session.GetProperty("pages");
        output.Line($"session {session.GetProperty("session")}  {session.GetProperty("state")}");
        output.Line($"  {session.GetProperty("person").GetString() ?? "anonymous"}, {Moment(session, "started_at")}, "
            + $"{Duration(session)}, {Count(pages.GetArrayLength(), "page", "pages")}");
        foreach (var page in pages.EnumerateArray())
        {
            WritePage(output, page);
        }
    }

    /// <summary>Hours, minutes and seconds of a session or of a row of the list.</summary>
    public static string Duration(JsonElement session) =>
        TimeSpan.FromMilliseconds(session.GetProperty("duration_ms").GetInt64()).ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture);

    public static string Moment(JsonElement element, string name) =>
        element.GetProperty(name).GetDateTimeOffset().ToString("u", CultureInfo.InvariantCulture);

    public static string Count(long count, string one, string many) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : many)}");

    private static void WritePage(CommandOutput output, JsonElement page)
    {
        output.Line($"page {page.GetProperty("page")}  {page.GetProperty("url")}");
        output.Line($"  started {Moment(page, "started_at")} ({page.GetProperty("quality")})");
        foreach (var part in page.GetProperty("parts").EnumerateArray())
        {
            output.Line($"  part {part.GetProperty("part")}  {Count(part.GetProperty("chunks").GetInt64(), "chunk", "chunks")}, "
                + $"sealed {Moment(part, "sealed_at")}, root {part.GetProperty("root")}");
        }

        if (page.GetProperty("pending_chunks").GetInt64() is > 0 and var pending)
        {
            output.Line($"  not sealed yet: {Count(pending, "chunk", "chunks")}");
        }

        foreach (var gap in page.GetProperty("gaps").EnumerateArray())
        {
            output.Line($"  gap {gap.GetProperty("from_seq")}–{gap.GetProperty("to_seq")}: {gap.GetProperty("cause")}");
        }
    }
}
