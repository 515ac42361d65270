using System.Security.Cryptography;

namespace Recount.Wire.Segments;

/// <summary>Signs and verifies roots with an ECDSA P-256 key, for any number of threads.</summary>
public sealed class SegmentSigner(ECDsa key)
{
    private const int KeyIdBytes = 16;

    /// <summary>.NET does not promise that one key may be used by two threads at once.</summary>
    private readonly Lock gate = new();

    /// <summary>The first 16 bytes of the SHA-256 of the key's SubjectPublicKeyInfo.</summary>
    public byte[] KeyId { get; } = SHA256.HashData(key.ExportSubjectPublicKeyInfo())[..KeyIdBytes];

    /// <summary>64 bytes, r followed by s.</summary>
    public byte[] Sign(Hash256 root)
    {
        lock (gate)
        {
            return key.SignHash(root.ToArray(), DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
    }

    public bool Verify(Hash256 root, ReadOnlySpan<byte> signature)
    {
        Span<byte> hash = stackalloc byte[Hash256.Length];
        root.CopyTo(hash);
        lock (gate)
        {
            return key.VerifyHash(hash, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
    }
}
