using Recount.ObjectStore;
using Recount.Primitives;
using Recount.Wire.Segments;

namespace Recount.Recordings.Reading;

/// <summary>A part in the object store, open for reading.</summary>
public sealed class StoredSegment : ISegmentSource, IDisposable
{
    private readonly StoredObject stored;

    private StoredSegment(StoredObject stored) => this.stored = stored;

    public long Length => stored.Length;

    /// <returns>Null when there is no such object.</returns>
    public static async Task<StoredSegment?> OpenAsync(
        IObjectStore objects, string key, ReadFrom from, CancellationToken token) =>
        await objects.OpenAsync(key, from, token).ConfigureAwait(false) is { } stored ? new StoredSegment(stored) : null;

    public ValueTask ReadExactlyAsync(long offset, Memory<byte> buffer, CancellationToken token) =>
        stored.ReadExactlyAsync(offset, buffer, token);

    public void Dispose() => stored.Dispose();
}
