using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Recount.Server.Engines;

/// <summary>System calls for child processes that run as another user.</summary>
internal static partial class Unix
{
    public const int Interrupt = 2;
    public const int Quit = 3;
    public const int KillNow = 9;

    /// <summary>Sends a signal; a process that is gone already is no error.</summary>
    public static void Signal(int pid, int signal) => _ = Kill(pid, signal);

    /// <summary>Gives a directory and all it holds to a user, without following links.</summary>
    public static void ChangeOwner(string directory, uint uid)
    {
        Own(directory, uid);
        foreach (var entry in Directory.EnumerateFileSystemEntries(
            directory, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
        {
            Own(entry, uid);
        }
    }

    /// <summary>The path without links, as the kernel names it.</summary>
    public static string RealPath(string path)
    {
        var resolved = Resolve(path, 0);
        if (resolved == 0)
        {
            throw Failure("realpath", path);
        }

        try
        {
            return Marshal.PtrToStringUTF8(resolved)!;
        }
        finally
        {
            Free(resolved);
        }
    }

    private static void Own(string path, uint uid)
    {
        if (ChangeLinkOwner(path, uid, uid) != 0)
        {
            throw Failure("lchown", path);
        }
    }

    private static IOException Failure(string operation, string path)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{operation} of '{path}' failed: {new Win32Exception(error).Message}.", error);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeLinkOwner(string path, uint owner, uint group);

    [LibraryImport("libc", EntryPoint = "realpath", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Resolve(string path, nint buffer);

    [LibraryImport("libc", EntryPoint = "free")]
    private static partial void Free(nint pointer);
}
