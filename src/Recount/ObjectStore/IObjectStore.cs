using Recount.Primitives;

namespace Recount.ObjectStore;

/// <summary>
/// Objects by key. A key is a path of lower-case segments (<c>recordings/…/00000000</c>); an object is written once and
/// never changes, so any number of writers may race for a key and exactly one wins.
/// </summary>
public interface IObjectStore
{
    /// <summary>Stores the content unless the key is taken. Durable when the task completes, whichever way.</summary>
    /// <param name="key">The key.</param>
    /// <param name="content">A seekable stream, read from its position to its end.</param>
    /// <param name="token">Ends the attempt; the object is then there whole or not at all.</param>
    /// <returns>False when the key was taken: the object there is the object.</returns>
    /// <exception cref="IOException">Nothing is known about the key; put the same bytes again.</exception>
    Task<bool> PutIfAbsentAsync(string key, Stream content, CancellationToken token);

    /// <returns>Null when there is no such object.</returns>
    Task<StoredObject?> OpenAsync(string key, ReadFrom from, CancellationToken token);

    /// <summary>Keys that begin with the prefix, in ordinal order, those after <paramref name="after"/> only.</summary>
    IAsyncEnumerable<string> ListAsync(string prefix, string? after, CancellationToken token);

    /// <summary>Distinct beginnings of keys, cut after <paramref name="depth"/> segments below the prefix.</summary>
    IAsyncEnumerable<string> ListPrefixesAsync(string prefix, int depth, CancellationToken token);

    /// <summary>Removes an object. What may be removed is decided where it is proven, never here.</summary>
    Task DeleteAsync(string key, CancellationToken token);

    /// <summary>
    /// Forgets a prefix under which no key is left, where the engine keeps such a thing. Nobody may put a key under it at
    /// the same time.
    /// </summary>
    /// <param name="prefix">With the slash at its end; one under which there is a key stays.</param>
    /// <param name="token">Ends the attempt.</param>
    Task DeletePrefixAsync(string prefix, CancellationToken token);
}

/// <summary>An object open for reading at any place.</summary>
public abstract class StoredObject : IDisposable
{
    public abstract long Length { get; }

    /// <summary>Fills the buffer from the offset.</summary>
    /// <exception cref="EndOfStreamException">The object ends before the buffer is full.</exception>
    public abstract ValueTask ReadExactlyAsync(long offset, Memory<byte> buffer, CancellationToken token);

    public abstract void Dispose();
}
