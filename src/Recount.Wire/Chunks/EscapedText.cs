using System.Buffers.Text;

namespace Recount.Wire.Chunks;

/// <summary>
/// Compares JSON strings without decoding them. What a page captured may hold halves of surrogate pairs, which JSON can
/// escape and UTF-8 cannot hold: decoding throws on them, comparing must not.
/// </summary>
internal static class EscapedText
{
    private const int UnicodeEscapeLength = 6;

    /// <param name="text">A JSON string as it stands, without its quotation marks.</param>
    /// <param name="isEscaped">Whether it holds a backslash.</param>
    /// <param name="name">Printable ASCII without quotation marks and backslashes.</param>
    public static bool Equals(ReadOnlySpan<byte> text, bool isEscaped, ReadOnlySpan<byte> name)
    {
        if (!isEscaped)
        {
            return text.SequenceEqual(name);
        }

        foreach (var expected in name)
        {
            if (text.IsEmpty || Next(ref text) != expected)
            {
                return false;
            }
        }

        return text.IsEmpty;
    }

    /// <returns>The next character; -1 for one that is none of a name's.</returns>
    private static int Next(ref ReadOnlySpan<byte> text)
    {
        var first = text[0];
        if (first != (byte)'\\')
        {
            text = text[1..];
            return first;
        }

        if (text.Length < UnicodeEscapeLength || text[1] != (byte)'u'
            || !Utf8Parser.TryParse(text[2..UnicodeEscapeLength], out ushort value, out var read, 'x') || read != 4)
        {
            text = text[1..];
            return -1;
        }

        text = text[UnicodeEscapeLength..];
        return value;
    }
}
