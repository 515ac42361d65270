using System.Runtime.CompilerServices;
using Recount.Primitives;

namespace Recount.ObjectStore.Directory;

/// <summary>Objects as files below one directory, for one machine.</summary>
public sealed class DirectoryObjectStore : IObjectStore
{
    private const string TemporaryDirectory = ".new";
    private const int CopyBufferBytes = 1 << 20;
    private readonly IFileSystem files;
    private readonly string root;

    public DirectoryObjectStore(IFileSystem files, string root)
    {
        this.files = files;
        this.root = Path.TrimEndingDirectorySeparator(root);
        var temporary = Path.Combine(root, TemporaryDirectory);
        files.CreateDirectory(temporary);
        foreach (var abandoned in files.List(temporary))
        {
            files.Delete(Path.Combine(temporary, abandoned));
        }
    }

    public Task<bool> PutIfAbsentAsync(string key, Stream content, CancellationToken token) => Task.Run(
        () =>
        {
            var temporary = Path.Combine(root, TemporaryDirectory, Guid.NewGuid().ToString("N"));
            var path = PathOf(key);
            var won = DurableFile.PutIfAbsent(files, path, temporary, file =>
            {
                var buffer = new byte[CopyBufferBytes];
                for (var read = content.Read(buffer); read > 0; read = content.Read(buffer))
                {
                    token.ThrowIfCancellationRequested();
                    file.Append(buffer.AsSpan(0, read));
                }
            });
            SyncPath(path);
            return won;
        },
        token);

    public Task<StoredObject?> OpenAsync(string key, ReadFrom from, CancellationToken token) => Task.Run<StoredObject?>(
        () => files.OpenRead(PathOf(key), from) is { } file ? new StoredFile(key, file) : null,
        token);

    public async IAsyncEnumerable<string> ListAsync(
        string prefix, string? after, [EnumeratorCancellation] CancellationToken token)
    {
        var directory = prefix.LastIndexOf('/') is var slash and >= 0 ? prefix[..slash] : "";
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (var key in Walk(directory, prefix, after))
        {
            token.ThrowIfCancellationRequested();
            yield return key;
        }
    }

    public async IAsyncEnumerable<string> ListPrefixesAsync(
        string prefix, int depth, [EnumeratorCancellation] CancellationToken token)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (var directory in Directories(prefix.TrimEnd('/'), depth))
        {
            token.ThrowIfCancellationRequested();
            yield return directory + "/";
        }
    }

    public Task DeleteAsync(string key, CancellationToken token) => Task.Run(
        () =>
        {
            var path = PathOf(key);
            if (files.Delete(path))
            {
                files.SyncDirectory(Path.GetDirectoryName(path)!);
            }
        },
        token);

    public Task DeletePrefixAsync(string prefix, CancellationToken token) => Task.Run(
        () =>
        {
            var path = PathOf(prefix.TrimEnd('/'));
            if (files.RemoveDirectory(path))
            {
                files.SyncDirectory(Path.GetDirectoryName(path)!);
            }
        },
        token);

    /// <summary>
    /// Makes the names of the directories above the object durable. That they were there does not say so: who made them
    /// may have been killed before the sync.
    /// </summary>
    private void SyncPath(string path)
    {
        for (var directory = Path.GetDirectoryName(path)!; directory != root;)
        {
            directory = Path.GetDirectoryName(directory)!;
            files.SyncDirectory(directory);
        }
    }

    private IEnumerable<string> Walk(string directory, string prefix, string? after)
    {
        var path = directory.Length == 0 ? root : PathOf(directory);
        foreach (var (name, isDirectory) in Entries(path))
        {
            if (name == TemporaryDirectory)
            {
                continue;
            }

            var key = directory.Length == 0 ? name : $"{directory}/{name}";
            if (isDirectory)
            {
                // A directory is skipped when all below it sorts before what was asked for.
                var below = key + "/";
                var mayMatch = below.StartsWith(prefix, StringComparison.Ordinal)
                    || prefix.StartsWith(below, StringComparison.Ordinal);
                var mayFollow = after is null
                    || string.CompareOrdinal(below, after) > 0
                    || after.StartsWith(below, StringComparison.Ordinal);
                if (mayMatch && mayFollow)
                {
                    foreach (var found in Walk(key, prefix, after))
                    {
                        yield return found;
                    }
                }
            }
            else if (key.StartsWith(prefix, StringComparison.Ordinal)
                && (after is null || string.CompareOrdinal(key, after) > 0))
            {
                yield return key;
            }
        }
    }

    /// <summary>In the order of the keys, in which a directory's name is followed by a slash.</summary>
    private IEnumerable<(string Name, bool IsDirectory)> Entries(string path) => files.List(path)
        .Select(name => (Name: name, IsDirectory: files.DirectoryExists(Path.Combine(path, name))))
        .OrderBy(entry => entry.IsDirectory ? entry.Name + "/" : entry.Name, StringComparer.Ordinal);

    private IEnumerable<string> Directories(string directory, int depth)
    {
        if (depth == 0)
        {
            return [directory];
        }

        var path = PathOf(directory);
        return files.List(path)
            .Where(name => files.DirectoryExists(Path.Combine(path, name)))
            .SelectMany(name => Directories($"{directory}/{name}", depth - 1));
    }

    private string PathOf(string key)
    {
        foreach (var segment in key.Split('/'))
        {
            if (segment.Length == 0 || segment[0] == '.' || segment.Contains('\\') || segment.Contains('\0'))
            {
                throw new ArgumentException($"'{key}' is not an object key.", nameof(key));
            }
        }

        return Path.Combine(root, key);
    }

    private sealed class StoredFile(string key, IReadFile file) : StoredObject
    {
        public override long Length => file.Length;

        public override ValueTask ReadExactlyAsync(long offset, Memory<byte> buffer, CancellationToken token)
        {
            var read = file.Read(offset, buffer.Span);
            return read == buffer.Length
                ? ValueTask.CompletedTask
                : throw new EndOfStreamException(
                    $"Object '{key}' ends at {file.Length}; {buffer.Length} bytes were asked for at {offset}.");
        }

        public override void Dispose() => file.Dispose();
    }
}
