namespace Recount.Wire.Chunks;

/// <summary>Kinds of entry; the numbers stand in recordings and never change.</summary>
public enum EntryKind : byte
{
    /// <summary>A kind this version does not know; kept as it came.</summary>
    Other = 0,
    Page = 1,
    Rrweb = 2,
    Mobile = 3,
    Event = 4,
    Identify = 5,
    Click = 6,
    Navigation = 7,
    Console = 8,
    Network = 9,
    Error = 10,
    Vital = 11,
    Asset = 12,
    Anchor = 13,
    Gap = 14,
    Consent = 15,
}

/// <summary>Names of the kinds, as entries carry them, and what is known of each.</summary>
public static class EntryKinds
{
    public const int Count = 16;

    private static readonly string[] Names =
    [
        "", "page", "rrweb", "mobile", "event", "identify", "click", "navigation", "console", "network", "error", "vital",
        "asset", "anchor", "gap", "consent",
    ];

    private static readonly byte[][] Utf8Names = Array.ConvertAll(Names, System.Text.Encoding.UTF8.GetBytes);

    /// <summary>The names on the wire, those of known kinds only.</summary>
    public static IReadOnlyList<string> Known => Names[1..];

    public static string NameOf(EntryKind kind) => Names[(int)kind];

    /// <param name="name">A JSON string as it stands, without its quotation marks.</param>
    /// <param name="isEscaped">Whether it holds a backslash.</param>
    public static EntryKind Parse(ReadOnlySpan<byte> name, bool isEscaped = false)
    {
        for (var i = 1; i < Count; i++)
        {
            if (EscapedText.Equals(name, isEscaped, Utf8Names[i]))
            {
                return (EntryKind)i;
            }
        }

        return EntryKind.Other;
    }

    /// <summary>Kinds that an event part leaves out: they are what a replay draws, not what happened.</summary>
    public static bool IsDrawing(this EntryKind kind) => kind is EntryKind.Rrweb or EntryKind.Mobile or EntryKind.Asset;
}
