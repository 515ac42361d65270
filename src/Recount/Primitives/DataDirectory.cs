using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Recount.Primitives;

/// <summary>
/// The directory that holds everything of one process, held by a lock as long as this lives. It and what it holds are
/// the owner's alone (0700).
/// </summary>
public sealed record DataDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string RuntimeFile = "runtime";
    private readonly SafeFileHandle holder;

    private DataDirectory(string root, SafeFileHandle holder, string runtimeDirectory)
    {
        Root = root;
        RuntimeDirectory = runtimeDirectory;
        this.holder = holder;
    }

    /// <summary>Absolute path; the object store's root too.</summary>
    public string Root { get; }

    /// <summary>
    /// A directory for sockets, 0700, new at each start and gone after a clean stop. Its path is short whatever the
    /// data directory's is: a socket's path ends at 107 bytes.
    /// </summary>
    public string RuntimeDirectory { get; }

    /// <summary>Creates what is missing and takes the lock.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="path">The directory, absolute or relative to the working directory.</param>
    /// <param name="runtimeParent">Where the runtime directory is made; null for the system's place.</param>
    /// <exception cref="IOException">Another process holds it, or the system refused.</exception>
    public static DataDirectory Open(IFileSystem files, string path, string? runtimeParent = null)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        files.CreateDirectory(root);
        File.SetUnixFileMode(root, OwnerOnly);
        var holder = Hold(root);
        try
        {
            if (RuntimeDirectoryOf(root) is { } left)
            {
                Primitives.RuntimeDirectory.Remove(left);
            }

            var runtime = Primitives.RuntimeDirectory.Create(runtimeParent);
            var text = $"{runtime}\n{Posix.RealPath(root)}\n";
            DurableFile.Replace(files, Path.Combine(root, RuntimeFile), Encoding.UTF8.GetBytes(text));
            return new DataDirectory(root, holder, runtime);
        }
        catch
        {
            holder.Dispose();
            throw;
        }
    }

    /// <summary>The runtime directory of the process that holds the data directory, for programs that call it.</summary>
    /// <returns>
    /// Null when none was ever started there, or the last one stopped cleanly. Null too in a copy of a data directory: the
    /// original's process may still run, and its sockets must neither be spoken to nor removed.
    /// </returns>
    public static string? RuntimeDirectoryOf(string path)
    {
        var file = Path.Combine(Path.GetFullPath(path), RuntimeFile);
        return File.Exists(file)
            && File.ReadAllLines(file) is [{ Length: > 0 } runtime, var owner]
            && owner == Posix.RealPath(Path.GetFullPath(path))
                ? runtime
                : null;
    }

    public void Dispose()
    {
        File.Delete(Path.Combine(Root, RuntimeFile));
        Primitives.RuntimeDirectory.Remove(RuntimeDirectory);
        holder.Dispose();
    }

    private static SafeFileHandle Hold(string root)
    {
        var path = Path.Combine(root, "lock");
        var handle = Posix.OpenLock(path);
        if (!Posix.TryLock(handle))
        {
            var buffer = new byte[16];
            var pid = Encoding.ASCII.GetString(buffer, 0, RandomAccess.Read(handle, buffer, 0)).Trim();
            handle.Dispose();
            throw new IOException(
                $"The data directory '{root}' is in use by process {(pid.Length > 0 ? pid : "(unknown)")}. Stop it, or "
                + "choose another directory with --data.");
        }

        RandomAccess.SetLength(handle, 0);
        RandomAccess.Write(
            handle, Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)), 0);
        return handle;
    }
}
