using System.Globalization;
using Recount.Recordings.Index;

namespace Recount.Recordings.Seal;

/// <summary>Keys of parts in the object store. They hold no time.</summary>
public static class PartKeys
{
    public const string RecordingPrefix = "recordings/";
    public const string EventsPrefix = "events/";

    public static string Recording(PageId page, int part) => Key(RecordingPrefix, page, part);

    public static string Events(PageId page, int part) => Key(EventsPrefix, page, part);

    /// <returns>Null when it is no part's key.</returns>
    public static (PageId Page, int Part)? TryParse(string key)
    {
        var parts = key.Split('/');
        return parts.Length == 5
            && Guid.TryParseExact(parts[1], "D", out var account)
            && Guid.TryParseExact(parts[2], "D", out var session)
            && Guid.TryParseExact(parts[3], "D", out var page)
            && int.TryParse(parts[4], NumberStyles.None, CultureInfo.InvariantCulture, out var part)
                ? (new PageId(account, session, page), part)
                : null;
    }

    private static string Key(string prefix, PageId page, int part) =>
        $"{prefix}{page.Account:D}/{page.Session:D}/{page.Page:D}/{part.ToString("D8", CultureInfo.InvariantCulture)}";
}
