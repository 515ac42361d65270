namespace Recount.Primitives;

/// <summary>
/// The few file operations that durable state is built from. There are two engines: the real one, and in the tests one
/// that records every operation and enumerates the states that a power loss may leave.
/// </summary>
public interface IFileSystem
{
    /// <summary>Creates the directory and those above it that are missing, and makes each new name durable.</summary>
    void CreateDirectory(string path);

    /// <summary>Creates a file that must not exist. Its name is durable only after <see cref="SyncDirectory"/>.</summary>
    /// <exception cref="IOException">The file exists, or the system refused.</exception>
    IAppendFile Create(string path);

    /// <summary>Makes the names in the directory durable.</summary>
    void SyncDirectory(string path);

    /// <summary>Makes durable the bytes of a file that somebody else wrote.</summary>
    void SyncFile(string path);

    /// <summary>Gives a file a second name, atomically.</summary>
    /// <returns>False when the name is taken; then nothing changed.</returns>
    bool TryLink(string existing, string name);

    /// <summary>Moves a file over whatever has the name, atomically.</summary>
    void Replace(string existing, string name);

    /// <returns>False when there was no such file.</returns>
    bool Delete(string path);

    /// <returns>False when there was no such directory, or it holds something.</returns>
    bool RemoveDirectory(string path);

    /// <returns>Null when there is no such file.</returns>
    IReadFile? OpenRead(string path, ReadFrom from = ReadFrom.Cache);

    /// <summary>Names of the files and directories in a directory, in ordinal order; empty when there is none.</summary>
    IReadOnlyList<string> List(string path);

    bool DirectoryExists(string path);
}

/// <summary>Where a read may come from.</summary>
public enum ReadFrom
{
    /// <summary>Wherever the bytes are soonest had.</summary>
    Cache,

    /// <summary>Past the page cache, so that what is verified is what was stored.</summary>
    Medium,
}

/// <summary>A file that is only ever appended to.</summary>
public interface IAppendFile : IDisposable
{
    long Length { get; }

    void Append(ReadOnlySpan<byte> bytes);

    /// <summary>Makes all that was appended durable.</summary>
    /// <exception cref="IOException">It may not be durable; the file must never be appended to again.</exception>
    void Sync();
}

/// <summary>A file open for reading at any place.</summary>
public interface IReadFile : IDisposable
{
    long Length { get; }

    /// <returns>Bytes read; fewer than asked for only at the end of the file.</returns>
    int Read(long offset, Span<byte> buffer);
}
