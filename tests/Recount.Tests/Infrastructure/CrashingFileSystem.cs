using Recount.Primitives;

namespace Recount.Tests.Infrastructure;

/// <summary>
/// A file system in memory that keeps every state it went through, so that a test can let power fail at each of them.
/// It can be told to fail an operation as a medium does.
/// </summary>
internal sealed class CrashingFileSystem(DiskState state) : IFileSystem
{
    public const string Root = "/data";

    private readonly Lock gate = new();
    private readonly List<DiskState> history = [state];
    private DiskState current = state;
    private int nextInode = state.Files.Keys.DefaultIfEmpty(0).Max() + 1;

    public CrashingFileSystem()
        : this(DiskState.Empty(Root))
    {
    }

    /// <summary>Called before each operation that changes something, with its name and path; may throw to make it fail.</summary>
    public Action<string, string>? Before { get; set; }

    public DiskState Current => current;

    /// <summary>The state after each operation, the first being the one before any.</summary>
    public IReadOnlyList<DiskState> History => history;

    public void CreateDirectory(string path)
    {
        path = Path.TrimEndingDirectorySeparator(path);
        if (DirectoryExists(path))
        {
            return;
        }

        var parent = Path.GetDirectoryName(path)!;
        CreateDirectory(parent);
        Change("mkdir", path, now => now with { Names = now.Names.SetItem(path, DiskState.Directory) });
        SyncDirectory(parent);
    }

    public IAppendFile Create(string path)
    {
        var inode = 0;
        Change("create", path, now =>
        {
            if (now.Names.ContainsKey(path) || !now.Names.ContainsKey(Path.GetDirectoryName(path)!))
            {
                throw new IOException($"'{path}' cannot be created.");
            }

            inode = nextInode++;
            return now with { Names = now.Names.Add(path, inode), Files = now.Files.Add(inode, new DiskFile([], 0, false)) };
        });
        return new AppendFile(this, path, inode);
    }

    public void SyncDirectory(string path) =>
        Change("syncdir", path, now => now.SyncDirectory(Path.TrimEndingDirectorySeparator(path)));

    public void SyncFile(string path) => Change("sync", path, now => Synced(now, now.Names[path]));

    public bool TryLink(string existing, string name)
    {
        var won = false;
        Change("link", name, now =>
        {
            won = !now.Names.ContainsKey(name);
            return won ? now with { Names = now.Names.Add(name, now.Names[existing]) } : now;
        });
        return won;
    }

    public void Replace(string existing, string name) => Change(
        "rename", name, now => now with { Names = now.Names.SetItem(name, now.Names[existing]).Remove(existing) });

    public bool Delete(string path)
    {
        var existed = false;
        Change("delete", path, now =>
        {
            existed = now.Names.ContainsKey(path);
            return now with { Names = now.Names.Remove(path) };
        });
        return existed;
    }

    public bool RemoveDirectory(string path)
    {
        path = Path.TrimEndingDirectorySeparator(path);
        if (!DirectoryExists(path) || List(path).Count > 0)
        {
            return false;
        }

        Change("rmdir", path, now => now with { Names = now.Names.Remove(path) });
        return true;
    }

    public IReadFile? OpenRead(string path, ReadFrom from = ReadFrom.Cache)
    {
        if (!current.Names.TryGetValue(path, out var inode) || inode == DiskState.Directory)
        {
            return null;
        }

        if (from == ReadFrom.Medium)
        {
            SyncFile(path);
            DropCache(inode);
        }

        return new MemoryReadFile(current.Files[inode].Bytes);
    }

    public IReadOnlyList<string> List(string path) =>
    [
        .. current.Names.Keys.Where(name => Path.GetDirectoryName(name) == Path.TrimEndingDirectorySeparator(path)).Select(name => Path.GetFileName(name))
            .Order(StringComparer.Ordinal),
    ];

    public bool DirectoryExists(string path) =>
        current.Names.TryGetValue(Path.TrimEndingDirectorySeparator(path), out var inode) && inode == DiskState.Directory;

    private static DiskState Synced(DiskState now, int inode)
    {
        var file = now.Files[inode];
        return file.IsLost ? now : now with { Files = now.Files.SetItem(inode, file with { Durable = file.Bytes.Length }) };
    }

    private void Change(string operation, string path, Func<DiskState, DiskState> change)
    {
        lock (gate)
        {
            Before?.Invoke(operation, path);
            current = change(current);
            history.Add(current);
        }
    }

    private void MarkLost(int inode)
    {
        lock (gate)
        {
            current = current with { Files = current.Files.SetItem(inode, current.Files[inode] with { IsLost = true }) };
        }
    }

    /// <summary>What a failed sync left in the cache is gone; of the file its length came to the medium.</summary>
    private void DropCache(int inode)
    {
        lock (gate)
        {
            if (current.Files[inode] is { IsLost: true } lost)
            {
                var bytes = (byte[])lost.Bytes.Clone();
                bytes.AsSpan(lost.Durable).Clear();
                current = current with { Files = current.Files.SetItem(inode, new DiskFile(bytes, bytes.Length, IsLost: false)) };
            }
        }
    }

    private sealed class AppendFile(CrashingFileSystem files, string path, int inode) : IAppendFile
    {
        public long Length => files.current.Files[inode].Bytes.Length;

        public void Append(ReadOnlySpan<byte> bytes)
        {
            var added = bytes.ToArray();
            files.Change("append", path, now =>
            {
                var file = now.Files[inode];
                return now with { Files = now.Files.SetItem(inode, file with { Bytes = [.. file.Bytes, .. added] }) };
            });
        }

        public void Sync()
        {
            try
            {
                files.Change("sync", path, now => Synced(now, inode));
            }
            catch (IOException)
            {
                files.MarkLost(inode);
                throw;
            }
        }

        public void Dispose()
        {
        }
    }
}
