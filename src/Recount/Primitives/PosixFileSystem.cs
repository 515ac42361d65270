using Microsoft.Win32.SafeHandles;

namespace Recount.Primitives;

/// <summary>The machine's own file system.</summary>
public sealed class PosixFileSystem : IFileSystem
{
    private const UnixFileMode PrivateDirectory =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public void CreateDirectory(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        var parent = Path.GetDirectoryName(path);
        if (!string.IsNullOrEmpty(parent))
        {
            CreateDirectory(parent);
        }

        Directory.CreateDirectory(path, PrivateDirectory);
        if (!string.IsNullOrEmpty(parent))
        {
            Posix.SyncDirectory(parent);
        }
    }

    public IAppendFile Create(string path) => new AppendFile(path);

    public void SyncDirectory(string path) => Posix.SyncDirectory(path);

    public void SyncFile(string path)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Posix.SyncFile(handle, path);
    }

    public bool TryLink(string existing, string name) => Posix.TryLink(existing, name);

    public void Replace(string existing, string name) => Posix.Rename(existing, name);

    public bool Delete(string path) => Posix.TryUnlink(path);

    public bool RemoveDirectory(string path) => Posix.TryRemoveDirectory(path);

    public IReadFile? OpenRead(string path, ReadFrom from = ReadFrom.Cache)
    {
        try
        {
            return new ReadFile(path, from);
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public IReadOnlyList<string> List(string path)
    {
        try
        {
            var names = Directory.EnumerateFileSystemEntries(path).Select(entry => Path.GetFileName(entry)).ToArray();
            Array.Sort(names, string.CompareOrdinal);
            return names;
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    public bool DirectoryExists(string path) => Directory.Exists(path);

    private sealed class AppendFile(string path) : IAppendFile
    {
        // No FileShare lock: readers follow an object while it is written.
        private readonly SafeFileHandle handle = File.OpenHandle(
            path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);

        public long Length { get; private set; }

        public void Append(ReadOnlySpan<byte> bytes)
        {
            RandomAccess.Write(handle, bytes, Length);
            Length += bytes.Length;
        }

        public void Sync() => Posix.SyncFileData(handle, path);

        public void Dispose() => handle.Dispose();
    }

    private sealed class ReadFile : IReadFile
    {
        private readonly SafeFileHandle handle;

        public ReadFile(string path, ReadFrom from)
        {
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (from == ReadFrom.Medium)
            {
                // Only clean pages can be dropped, so what is still dirty is written out first.
                Posix.SyncFile(handle, path);
                Posix.DropPageCache(handle);
            }
        }

        public long Length => RandomAccess.GetLength(handle);

        public int Read(long offset, Span<byte> buffer)
        {
            var total = 0;
            while (total < buffer.Length)
            {
                var read = RandomAccess.Read(handle, buffer[total..], offset + total);
                if (read == 0)
                {
                    break;
                }

                total += read;
            }

            return total;
        }

        public void Dispose() => handle.Dispose();
    }
}
