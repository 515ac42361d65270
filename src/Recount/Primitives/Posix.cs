using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Recount.Primitives;

/// <summary>
/// The system calls that durability rests on. They are called directly because FileStream.Flush(true) and
/// RandomAccess.FlushToDisk do not report fsync errors on .NET 10, and File.Move is neither atomic nor durable.
/// </summary>
internal static partial class Posix
{
    public const int NotFound = 2;
    public const int Exists = 17;
    private const int NotEmpty = 39;
    private const int AtFdCwd = -100;
    private const int DontNeed = 4;
    private const int LockExclusive = 2;
    private const int LockNonBlocking = 4;
    private const int SigKill = 9;

    /// <exception cref="IOException">The file's bytes may not be durable; never retry, never append again.</exception>
    public static void SyncFile(SafeFileHandle file, string path) => Check(FSync(file), "fsync", path);

    /// <exception cref="IOException">The bytes may not be durable; never retry, never append again.</exception>
    public static void SyncFileData(SafeFileHandle file, string path) => Check(FDataSync(file), "fdatasync", path);

    public static void SyncDirectory(string path)
    {
        using var directory = OpenDirectory(path);
        Check(FSync(directory), "fsync", path);
    }

    /// <returns>False when something already has the name <paramref name="to"/>.</returns>
    public static bool TryLink(string from, string to)
    {
        if (LinkAt(AtFdCwd, from, AtFdCwd, to, 0) == 0)
        {
            return true;
        }

        var error = Marshal.GetLastPInvokeError();
        return error == Exists ? false : throw Failure("link", to, error);
    }

    /// <summary>Gives the file another name, replacing what has it; atomic, durable after the directory's sync.</summary>
    public static void Rename(string from, string to) => Check(RenamePath(from, to), "rename", to);

    /// <returns>False when there was nothing.</returns>
    public static bool TryUnlink(string path)
    {
        if (UnlinkPath(path) == 0)
        {
            return true;
        }

        var error = Marshal.GetLastPInvokeError();
        return error == NotFound ? false : throw Failure("unlink", path, error);
    }

    /// <summary>Drops the file's clean pages, so that the next read comes from the medium. Sync first.</summary>
    public static void DropPageCache(SafeFileHandle file) => _ = Advise(file, 0, 0, DontNeed);

    /// <returns>False when another process holds the lock. The lock ends with the handle or the process.</returns>
    public static bool TryLock(SafeFileHandle file) => FLock(file, LockExclusive | LockNonBlocking) == 0;

    /// <summary>Opens a file to lock it, making it where it is missing.</summary>
    /// <remarks>.NET's own opening asks for a shared lock, and so fails on a locked file before its holder can be read.
    /// </remarks>
    public static SafeFileHandle OpenLock(string path)
    {
        const int readWriteCreateCloseOnExec = 0x2 | 0x40 | 0x80000;
        const int ownerOnly = 0x180;
        var handle = Open(path, readWriteCreateCloseOnExec, ownerOnly);
        return handle.IsInvalid ? throw Failure("open", path, Marshal.GetLastPInvokeError()) : handle;
    }

    /// <summary>Makes a directory that only its owner may enter.</summary>
    /// <returns>False when something already has the name, whoever it belongs to.</returns>
    public static bool TryMakeDirectory(string path)
    {
        const int ownerOnly = 0x1C0;
        if (MakeDirectory(path, ownerOnly) == 0)
        {
            return true;
        }

        var error = Marshal.GetLastPInvokeError();
        return error == Exists ? false : throw Failure("mkdir", path, error);
    }

    /// <returns>False when there was no such directory, or it holds something.</returns>
    public static bool TryRemoveDirectory(string path)
    {
        if (RemoveDirectory(path) == 0)
        {
            return true;
        }

        var error = Marshal.GetLastPInvokeError();
        return error is NotFound or NotEmpty or Exists ? false : throw Failure("rmdir", path, error);
    }

    public static void KillSelf()
    {
        _ = Kill(Environment.ProcessId, SigKill);
        Environment.FailFast("SIGKILL to the process itself did not end it.");
    }

    /// <summary>The path without links, as the kernel names it.</summary>
    public static string RealPath(string path)
    {
        var resolved = Resolve(path, 0);
        if (resolved == 0)
        {
            throw Failure("realpath", path, Marshal.GetLastPInvokeError());
        }

        var text = Marshal.PtrToStringUTF8(resolved)!;
        Free(resolved);
        return text;
    }

    private static SafeFileHandle OpenDirectory(string path)
    {
        const int readOnlyDirectoryCloseOnExec = 0x10000 | 0x80000;
        var handle = Open(path, readOnlyDirectoryCloseOnExec, 0);
        return handle.IsInvalid ? throw Failure("open", path, Marshal.GetLastPInvokeError()) : handle;
    }

    private static void Check(int result, string operation, string path)
    {
        if (result != 0)
        {
            throw Failure(operation, path, Marshal.GetLastPInvokeError());
        }
    }

    private static IOException Failure(string operation, string path, int error) =>
        new($"{operation} of '{path}' failed: {new Win32Exception(error).Message} (errno {error}).", error);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle fd);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FDataSync(SafeFileHandle fd);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkAt(int fromDirectory, string from, int toDirectory, string to, int flags);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenamePath(string from, string to);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnlinkPath(string path);

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeDirectory(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RemoveDirectory(string path);

    [LibraryImport("libc", EntryPoint = "posix_fadvise", SetLastError = true)]
    private static partial int Advise(SafeFileHandle fd, long offset, long length, int advice);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int FLock(SafeFileHandle fd, int operation);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "realpath", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Resolve(string path, nint buffer);

    [LibraryImport("libc", EntryPoint = "free")]
    private static partial void Free(nint pointer);
}
