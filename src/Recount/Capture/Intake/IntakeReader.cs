using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Recount.ObjectStore;
using Recount.Primitives;
using Recount.Wire.Segments;

namespace Recount.Capture.Intake;

/// <summary>Reads intake objects from the store, for whoever stands behind the acknowledgement.</summary>
public sealed class IntakeReader(IObjectStore store)
{
    /// <summary>Boots that have objects, in no order of time.</summary>
    public async Task<IReadOnlyList<(Guid Node, Guid Boot)>> BootsAsync(CancellationToken token)
    {
        var boots = new List<(Guid, Guid)>();
        await foreach (var prefix in store.ListPrefixesAsync(IntakeKey.Prefix, depth: 2, token).ConfigureAwait(false))
        {
            var parts = prefix.Split('/');
            if (Guid.TryParseExact(parts[1], "D", out var node) && Guid.TryParseExact(parts[2], "D", out var boot))
            {
                boots.Add((node, boot));
            }
        }

        return boots;
    }

    /// <summary>Objects of a boot with a number of at least <paramref name="from"/>.</summary>
    public async IAsyncEnumerable<IntakeKey> ListAsync(
        Guid node, Guid boot, long from, [EnumeratorCancellation] CancellationToken token)
    {
        var after = from > 0 ? new IntakeKey(node, boot, from - 1).Path : null;
        await foreach (var path in store.ListAsync(IntakeKey.BootPrefix(node, boot), after, token).ConfigureAwait(false))
        {
            if (IntakeKey.TryParse(path, out var key) && key.N >= from)
            {
                yield return key;
            }
        }
    }

    /// <summary>All that the store has of a boot.</summary>
    public async Task<IntakeBoot> ReadBootAsync(Guid node, Guid boot, CancellationToken token)
    {
        var paths = new List<string>();
        await foreach (var path in store.ListAsync(IntakeKey.BootPrefix(node, boot), null, token).ConfigureAwait(false))
        {
            paths.Add(path);
        }

        return new IntakeBoot
        {
            Node = node,
            Boot = boot,
            Ended = await ReadEndedAsync(node, boot, token).ConfigureAwait(false),
            Objects = Keys(paths, IntakeKey.TryParse),
            Closings = Keys(paths, IntakeKey.TryParseClosing),
            Temporaries = paths.FindAll(IntakeKey.IsTemporary),
        };
    }

    public Task<bool> ExistsAsync(IntakeKey key, CancellationToken token) => ExistsAsync(key.Path, token);

    /// <summary>Reads an object. One that was closed and lost its footer is read as closed, with the damage.</summary>
    /// <returns>Null when there is no such object.</returns>
    public async Task<IntakeObject?> ReadAsync(IntakeKey key, ReadFrom from, CancellationToken token)
    {
        var (read, _) = await ReadAsItStandsAsync(key, from, token).ConfigureAwait(false);
        if (read is not { Footer: null })
        {
            return read;
        }

        var isOver = await ReadEndedAsync(key.Node, key.Boot, token).ConfigureAwait(false) > key.N;
        var chain = isOver ? null : await ChainByNextAsync(key, token).ConfigureAwait(false);
        if (!isOver && chain is null)
        {
            return read;
        }

        // Read again: what was being closed a moment ago is closed by now.
        (read, var hasSibling) = await ReadAsItStandsAsync(key, from, token).ConfigureAwait(false);
        return read is { Footer: null }
            && (isOver || (!hasSibling && chain == read.Chain.ToString() && LostFooter.LooksClosed(read)))
            ? LostFooter.Restore(read, hasSibling)
            : read;
    }

    /// <summary>
    /// Whether somebody closed the object, without reading all of it: who follows a boot asks again and again. Only reading
    /// tells it for certain, as a body may end like a footer.
    /// </summary>
    public async Task<bool> LooksClosedAsync(IntakeKey key, CancellationToken token)
    {
        using var opened = await store.OpenAsync(key.Path, ReadFrom.Cache, token).ConfigureAwait(false);
        if (opened is null)
        {
            return false;
        }

        var end = new byte[Math.Min(opened.Length, IntakeFormat.FooterMagic.Length)];
        await opened.ReadExactlyAsync(opened.Length - end.Length, end, token).ConfigureAwait(false);
        if (end.AsSpan().SequenceEqual(IntakeFormat.FooterMagic))
        {
            return true;
        }

        // An object without a footer is closed too when something stands behind it: by its sibling, or having lost it.
        return await ExistsAsync(key.ClosePath, token).ConfigureAwait(false)
            || await ExistsAsync(IntakeKey.EndedPath(key.Node, key.Boot), token).ConfigureAwait(false)
            || await ExistsAsync((key with { N = key.N + 1 }).Path, token).ConfigureAwait(false);
    }

    /// <summary>Reads one frame at a place that an index remembers.</summary>
    /// <returns>Null when the object is gone, or what stands there is not that frame.</returns>
    public async Task<IntakeFrame?> ReadFrameAsync(FrameAddress address, long offset, int length, CancellationToken token)
    {
        var key = new IntakeKey(address.Node, address.Boot, address.N);
        using var opened = await store.OpenAsync(key.Path, ReadFrom.Cache, token).ConfigureAwait(false);
        if (opened is null || opened.Length < offset + length)
        {
            return null;
        }

        var bytes = new byte[length];
        await opened.ReadExactlyAsync(offset, bytes, token).ConfigureAwait(false);
        return IntakeFormat.ReadFrame(bytes, offset) is { IsBodyWhole: true } frame && frame.Number == address.Frame
            ? frame
            : null;
    }

    private async Task<(IntakeObject? Read, bool HasSibling)> ReadAsItStandsAsync(
        IntakeKey key, ReadFrom from, CancellationToken token)
    {
        if (await ReadAllAsync(key.Path, from, token).ConfigureAwait(false) is not { } bytes)
        {
            return (null, false);
        }

        var read = IntakeObjectReader.Read(key, bytes, null);
        if (read.Footer is not null)
        {
            return (read, false);
        }

        return await ReadAllAsync(key.ClosePath, from, token).ConfigureAwait(false) is { } closing
            ? (IntakeObjectReader.Read(key, bytes, closing), true)
            : (read, false);
    }

    private async Task<bool> ExistsAsync(string path, CancellationToken token)
    {
        using var opened = await store.OpenAsync(path, ReadFrom.Cache, token).ConfigureAwait(false);
        return opened is not null;
    }

    /// <summary>How many numbers a boot used; null while it may go on.</summary>
    private async Task<long?> ReadEndedAsync(Guid node, Guid boot, CancellationToken token) =>
        await ReadAllAsync(IntakeKey.EndedPath(node, boot), ReadFrom.Cache, token).ConfigureAwait(false) is { } text
        && long.TryParse(Encoding.UTF8.GetString(text), NumberStyles.None, CultureInfo.InvariantCulture, out var ended)
            ? ended
            : null;

    /// <summary>The chain that the object behind this one says it was closed with; null while there is none.</summary>
    private async Task<string?> ChainByNextAsync(IntakeKey key, CancellationToken token)
    {
        var (next, _) = await ReadAsItStandsAsync(key with { N = key.N + 1 }, ReadFrom.Cache, token).ConfigureAwait(false);
        return next?.Footer?.Previous is { } previous && previous.N == key.N ? previous.Chain : null;
    }

    private static List<IntakeKey> Keys(List<string> paths, KeyParser tryParse) =>
        [.. paths.Select(path => tryParse(path, out var key) ? key : (IntakeKey?)null).OfType<IntakeKey>()];

    private async Task<byte[]?> ReadAllAsync(string path, ReadFrom from, CancellationToken token)
    {
        using var opened = await store.OpenAsync(path, from, token).ConfigureAwait(false);
        if (opened is null)
        {
            return null;
        }

        var bytes = new byte[opened.Length];
        await opened.ReadExactlyAsync(0, bytes, token).ConfigureAwait(false);
        return bytes;
    }

    private delegate bool KeyParser(string path, out IntakeKey key);
}
