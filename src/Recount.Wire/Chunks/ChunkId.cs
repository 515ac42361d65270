using System.Buffers;

namespace Recount.Wire.Chunks;

/// <summary>Who a chunk is inside its account, fixed at first sight. It holds no time.</summary>
/// <param name="Session">The session.</param>
/// <param name="Page">The page.</param>
/// <param name="Seq">Number in the page, 0 to <see cref="MaxSeq"/>.</param>
public readonly record struct ChunkId(Guid Session, Guid Page, int Seq) : IComparable<ChunkId>
{
    public const int MaxSeq = 65_535;

    // Guid's parser takes "0x" and "+" in a field for compatibility, which would give one identity several addresses.
    private static readonly SearchValues<char> UuidCharacters = SearchValues.Create("0123456789abcdef-");

    /// <summary>A UUID version 4 in lower case, and nothing else, so that one identity has one address.</summary>
    public static bool TryParseUuid(ReadOnlySpan<char> text, out Guid value)
    {
        value = default;
        if (text.Length != 36 || text.ContainsAnyExcept(UuidCharacters) || text[14] != '4' || text[19] is not ('8' or '9' or 'a' or 'b'))
        {
            return false;
        }

        return Guid.TryParseExact(text, "D", out value);
    }

    /// <summary>Decimal digits without a leading zero, at most <see cref="MaxSeq"/>.</summary>
    public static bool TryParseSeq(ReadOnlySpan<char> text, out int seq)
    {
        seq = 0;
        if (text.Length is 0 or > 5 || (text[0] == '0' && text.Length > 1))
        {
            return false;
        }

        foreach (var digit in text)
        {
            if (digit is < '0' or > '9')
            {
                return false;
            }

            seq = (seq * 10) + (digit - '0');
        }

        return seq <= MaxSeq;
    }

    public int CompareTo(ChunkId other)
    {
        var bySession = Session.CompareTo(other.Session);
        var byPage = bySession != 0 ? bySession : Page.CompareTo(other.Page);
        return byPage != 0 ? byPage : Seq.CompareTo(other.Seq);
    }

    public static bool operator <(ChunkId left, ChunkId right) => left.CompareTo(right) < 0;

    public static bool operator >(ChunkId left, ChunkId right) => left.CompareTo(right) > 0;

    public static bool operator <=(ChunkId left, ChunkId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ChunkId left, ChunkId right) => left.CompareTo(right) >= 0;
}
