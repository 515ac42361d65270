using System.Globalization;

namespace Recount.Capture.Intake;

/// <summary>Names one intake object. It holds no time.</summary>
/// <param name="Node">The node that received it.</param>
/// <param name="Boot">Random, new at each start of the node's process.</param>
/// <param name="N">Number in the boot, from 0 without holes.</param>
public readonly record struct IntakeKey(Guid Node, Guid Boot, long N)
{
    public const string Prefix = "intake/";
    private const string CloseSuffix = ".close";
    private const string TemporarySuffix = ".new";
    private const string EndedName = "ended";
    private const int NumberDigits = 16;

    /// <summary>Key of the object in the store.</summary>
    public string Path => $"{BootPrefix(Node, Boot)}{N.ToString($"D{NumberDigits}", CultureInfo.InvariantCulture)}";

    /// <summary>Key of the sibling that closes an object which must not be appended to.</summary>
    public string ClosePath => Path + CloseSuffix;

    public static string BootPrefix(Guid node, Guid boot) => $"{Prefix}{node:D}/{boot:D}/";

    /// <summary>Key of the last file of a boot, which says how many numbers it used.</summary>
    public static string EndedPath(Guid node, Guid boot) => BootPrefix(node, boot) + EndedName;

    /// <summary>Whether a key is that of a file which is made under another name than its own.</summary>
    public static bool IsTemporary(string path) => path.EndsWith(TemporarySuffix, StringComparison.Ordinal);

    /// <returns>False for anything but an object's own key, its sibling included.</returns>
    public static bool TryParse(string path, out IntakeKey key)
    {
        key = default;
        var parts = path.Split('/');
        if (parts.Length != 4
            || !Guid.TryParseExact(parts[1], "D", out var node)
            || !Guid.TryParseExact(parts[2], "D", out var boot)
            || parts[3].Length != NumberDigits
            || !long.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out var n))
        {
            return false;
        }

        key = new IntakeKey(node, boot, n);
        return true;
    }

    /// <returns>False for anything but the key of a closing sibling.</returns>
    public static bool TryParseClosing(string path, out IntakeKey key)
    {
        key = default;
        return path.EndsWith(CloseSuffix, StringComparison.Ordinal) && TryParse(path[..^CloseSuffix.Length], out key);
    }

    public override string ToString() => Path;
}
