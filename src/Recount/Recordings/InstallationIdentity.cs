using System.Security.Cryptography;
using System.Text;
using Recount.Database;
using Recount.Primitives;
using Recount.Wire.Segments;

namespace Recount.Recordings;

/// <summary>
/// Who sealed a part: the installation's id and its ECDSA P-256 key, made at first start and kept in the data directory.
/// </summary>
public sealed class InstallationIdentity
{
    private const string IdFile = "installation";
    private const string PrivateKeyFile = "keys/signing.key.pem";
    private const string PublicKeyFile = "keys/signing.pub.pem";

    private InstallationIdentity(Guid id, ECDsa key)
    {
        Id = id;
        Signer = new SegmentSigner(key);
        Owner = new DataOwner(id, Signer.KeyId, key.ExportSubjectPublicKeyInfoPem());
    }

    public Guid Id { get; }

    public SegmentSigner Signer { get; }

    /// <summary>As the database must know it.</summary>
    public DataOwner Owner { get; }

    /// <exception cref="InvalidDataException">A file is there and cannot be read; a new key would disown the archive.</exception>
    public static InstallationIdentity Open(IFileSystem files, string root)
    {
        DurableFile.PutOnce(files, Path.Combine(root, PrivateKeyFile), MakeKey);
        DurableFile.PutOnce(files, Path.Combine(root, IdFile), () => Encoding.UTF8.GetBytes(Guid.NewGuid().ToString("D")));
        var key = ReadKey(files, Path.Combine(root, PrivateKeyFile));
        DurableFile.PutOnce(
            files, Path.Combine(root, PublicKeyFile), () => Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem()));
        var text = Encoding.UTF8.GetString(DurableFile.Read(files, Path.Combine(root, IdFile)) ?? []).Trim();
        return Guid.TryParseExact(text, "D", out var id)
            ? new InstallationIdentity(id, key)
            : throw new InvalidDataException($"'{IdFile}' in '{root}' should hold a UUID and holds '{text}'.");
    }

    private static byte[] MakeKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem());
    }

    private static ECDsa ReadKey(IFileSystem files, string path)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(Encoding.ASCII.GetString(DurableFile.Read(files, path) ?? []));
            return key;
        }
        catch (ArgumentException malformed)
        {
            key.Dispose();
            throw new InvalidDataException($"'{path}' holds no private key.", malformed);
        }
    }
}
