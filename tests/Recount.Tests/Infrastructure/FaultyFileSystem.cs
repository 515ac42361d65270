using Recount.Primitives;

namespace Recount.Tests.Infrastructure;

/// <summary>The machine's file system with a medium that can be told to fail.</summary>
internal sealed class FaultyFileSystem : IFileSystem
{
    private readonly PosixFileSystem real = new();

    /// <summary>Whether syncs of files fail.</summary>
    public bool IsFailing { get; set; }

    public void CreateDirectory(string path) => real.CreateDirectory(path);

    public IAppendFile Create(string path) => new AppendFile(this, real.Create(path));

    public void SyncDirectory(string path) => real.SyncDirectory(path);

    public void SyncFile(string path) => real.SyncFile(path);

    public bool TryLink(string existing, string name) => real.TryLink(existing, name);

    public void Replace(string existing, string name) => real.Replace(existing, name);

    public bool Delete(string path) => real.Delete(path);

    public bool RemoveDirectory(string path) => real.RemoveDirectory(path);

    public IReadFile? OpenRead(string path, ReadFrom from = ReadFrom.Cache) => real.OpenRead(path, from);

    public IReadOnlyList<string> List(string path) => real.List(path);

    public bool DirectoryExists(string path) => real.DirectoryExists(path);

    private sealed class AppendFile(FaultyFileSystem files, IAppendFile real) : IAppendFile
    {
        public long Length => real.Length;

        public void Append(ReadOnlySpan<byte> bytes) => real.Append(bytes);

        public void Sync()
        {
            if (files.IsFailing)
            {
                throw new IOException("The medium fails.");
            }

            real.Sync();
        }

        public void Dispose() => real.Dispose();
    }
}
