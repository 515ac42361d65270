using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Recount.Access;

/// <summary>All capture keys of an installation at one version: immutable, shared by every request.</summary>
public sealed class KeySnapshot
{
    /// <summary>What a node knows before it has read anything.</summary>
    public static KeySnapshot Empty { get; } = new(0, Guid.Empty, []);

    public KeySnapshot(long version, Guid databaseId, IEnumerable<CaptureKey> keys)
    {
        Version = version;
        DatabaseId = databaseId;
        Keys = keys.ToFrozenDictionary(key => key.Key, StringComparer.Ordinal);
    }

    /// <summary>Grows with every change of an account, app, key or screening in one database.</summary>
    public long Version { get; }

    /// <summary>The database that counted the version; versions of two databases cannot be compared.</summary>
    public Guid DatabaseId { get; }

    public FrozenDictionary<string, CaptureKey> Keys { get; }

    public bool TryGet(string key, [NotNullWhen(true)] out CaptureKey? found) => Keys.TryGetValue(key, out found);
}
