using System.Security.Cryptography;
using System.Text;

namespace Recount.Access;

/// <summary>Keys and tokens: how they are made, and what of them is kept.</summary>
public static class Secrets
{
    /// <summary>Characters of a token that may be shown, to recognise it by.</summary>
    public const int PrefixLength = 8;

    // Letters and digits that are not mistaken for one another; 32 of them, so that each carries 5 bits.
    private const string KeyAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private const string TokenAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <returns><c>rk_</c> and 32 characters, 160 random bits. Public, and can only add.</returns>
    public static string NewCaptureKey() => "rk_" + RandomNumberGenerator.GetString(KeyAlphabet, 32);

    /// <returns><c>rt_</c> and 40 characters, 238 random bits: its hash needs no salt.</returns>
    public static string NewApiToken() => "rt_" + RandomNumberGenerator.GetString(TokenAlphabet, 40);

    /// <returns>43 characters that need no escaping in an address, 256 random bits.</returns>
    public static string NewLinkToken() => RandomNumberGenerator.GetString(TokenAlphabet, 43);

    /// <returns>What is kept of a token: SHA-256 of its UTF-8 bytes.</returns>
    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>Compares in a time that does not depend on where they differ.</summary>
    public static bool AreEqual(string left, string right) =>
        CryptographicOperations.FixedTimeEquals(Hash(left), Hash(right));
}
