using System.Buffers;
using System.Text;
using Recount.Wire;

namespace Recount.Capture;

/// <summary>The query of a chunk's address, with the write key taken out: only its hash goes any further.</summary>
/// <param name="Text">The rest of the query as it came, without a question mark.</param>
/// <param name="WriteKeyHash">Hash of <c>w</c>; of the empty string when there is none.</param>
internal readonly record struct CaptureQuery(string Text, Hash256 WriteKeyHash)
{
    private const string KeyPrefix = "rk_";
    private const int KeyLength = 35;
    private static readonly SearchValues<char> KeyCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789");

    /// <summary>Whether the text has the form of a capture key.</summary>
    public static bool IsKey(string text) =>
        text.Length == KeyLength
        && text.StartsWith(KeyPrefix, StringComparison.Ordinal)
        && !text.AsSpan(KeyPrefix.Length).ContainsAnyExcept(KeyCharacters);

    public static CaptureQuery Parse(string? query)
    {
        if (string.IsNullOrEmpty(query))
        {
            return new CaptureQuery("", Hash256.OfNothing);
        }

        var text = query.AsSpan(1);
        var rest = new StringBuilder(text.Length);
        var writeKeyHash = Hash256.OfNothing;
        foreach (var range in text.Split('&'))
        {
            var pair = text[range];
            if (pair.StartsWith("w=", StringComparison.Ordinal))
            {
                writeKeyHash = Hash256.Of(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(pair[2..].ToString())));
            }
            else if (!pair.IsEmpty)
            {
                rest.Append(rest.Length > 0 ? "&" : "").Append(pair);
            }
        }

        return new CaptureQuery(rest.ToString(), writeKeyHash);
    }
}
