using System.Security.Cryptography;

namespace Recount.Primitives;

/// <summary>Makes the short private directories that sockets lie in.</summary>
public static class RuntimeDirectory
{
    /// <summary>The longest path of a directory in which runtime directories are made, in bytes.</summary>
    public const int MaxParentLength = 60;

    private const string Prefix = "recount-";
    private const int MaxAttempts = 16;

    /// <param name="parent">Where; null for <c>/run</c> (root), <c>XDG_RUNTIME_DIR</c> or the temporary directory.</param>
    /// <returns>A new directory, owned by this process's user and closed to everybody else.</returns>
    /// <exception cref="IOException">The parent's path is too long or nothing can be made in it.</exception>
    public static string Create(string? parent = null)
    {
        if (parent is not null && Path.GetFullPath(parent).Length > MaxParentLength)
        {
            throw new IOException(
                $"Server:RuntimeDirectory '{parent}' is longer than {MaxParentLength} characters; a socket's path must "
                + "fit into 107.");
        }

        var directory = parent is null ? SystemParent() : Path.GetFullPath(parent);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            // Random and made by mkdir: in a directory that others may write to, nobody can be there first.
            var path = Path.Combine(directory, Prefix + RandomNumberGenerator.GetHexString(8, lowercase: true));
            if (Posix.TryMakeDirectory(path))
            {
                return path;
            }
        }

        throw new IOException($"No runtime directory could be made in '{directory}'.");
    }

    /// <summary>Removes a runtime directory and those beside it that engines of other users have.</summary>
    public static void Remove(string path)
    {
        if (!Path.GetFileName(path).StartsWith(Prefix, StringComparison.Ordinal))
        {
            return;
        }

        foreach (var directory in new[] { path, EngineDirectory(path) })
        {
            try
            {
                Directory.Delete(directory, recursive: true);
            }
            catch (DirectoryNotFoundException)
            {
                // Gone with a reboot.
            }
        }
    }

    /// <summary>
    /// A directory beside the runtime directory, for an engine that runs as another user and cannot enter that one.
    /// </summary>
    public static string EngineDirectory(string runtimeDirectory) => runtimeDirectory + ".db";

    private static string SystemParent()
    {
        var candidates = Environment.IsPrivilegedProcess
            ? new[] { "/run", Path.GetTempPath() }
            : [Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") ?? "", Path.GetTempPath()];
        return candidates.FirstOrDefault(IsUsable) is { } usable ? Path.TrimEndingDirectorySeparator(usable) : "/tmp";
    }

    private static bool IsUsable(string path) =>
        path.Length is > 0 and <= MaxParentLength && Path.IsPathRooted(path) && IsWritable(path);

    private static bool IsWritable(string path)
    {
        try
        {
            var probe = Path.Combine(path, Prefix + RandomNumberGenerator.GetHexString(16, lowercase: true));
            return Posix.TryMakeDirectory(probe) && Delete(probe);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool Delete(string path)
    {
        Directory.Delete(path);
        return true;
    }
}
