namespace Recount.Primitives;

/// <summary>Whole small files that are durable when the call returns.</summary>
public static class DurableFile
{
    /// <summary>
    /// Puts a file under a name nobody has, by link(2) from a synced temporary file: the name appears with all its bytes
    /// or not at all. Whoever loses makes the winner's file durable before relying on it.
    /// </summary>
    /// <param name="files">The file system.</param>
    /// <param name="path">The name.</param>
    /// <param name="temporary">A name on the same file system that no other writer uses.</param>
    /// <param name="write">Writes the content.</param>
    /// <returns>False when the name was taken.</returns>
    public static bool PutIfAbsent(IFileSystem files, string path, string temporary, Action<IAppendFile> write)
    {
        var directory = Path.GetDirectoryName(path)!;
        files.CreateDirectory(directory);
        try
        {
            using (var file = files.Create(temporary))
            {
                write(file);
                file.Sync();
            }

            Failpoint.Hit(Failpoint.PutBeforeLink);
            var won = files.TryLink(temporary, path);
            Failpoint.Hit(Failpoint.PutAfterLink);
            if (!won)
            {
                files.SyncFile(path);
            }

            files.SyncDirectory(directory);
            return won;
        }
        finally
        {
            files.Delete(temporary);
        }
    }

    /// <summary>Puts a small file unless it is there; several processes may try at once.</summary>
    /// <returns>True when this call put it.</returns>
    public static bool PutOnce(IFileSystem files, string path, Func<byte[]> content)
    {
        using (var there = files.OpenRead(path))
        {
            if (there is null)
            {
                return PutIfAbsent(files, path, $"{path}.{Guid.NewGuid():N}.new", file => file.Append(content()));
            }
        }

        // Whoever put it may have been killed before it was durable.
        files.SyncFile(path);
        files.SyncDirectory(Path.GetDirectoryName(path)!);
        return false;
    }

    /// <summary>Writes a file over whatever has the name: a reader sees the old bytes or the new, never a mixture.</summary>
    public static void Replace(IFileSystem files, string path, ReadOnlySpan<byte> content)
    {
        var directory = Path.GetDirectoryName(path)!;
        files.CreateDirectory(directory);
        var temporary = $"{path}.{Guid.NewGuid():N}.new";
        try
        {
            using (var file = files.Create(temporary))
            {
                file.Append(content);
                file.Sync();
            }

            files.Replace(temporary, path);
        }
        catch
        {
            // On a full disk every attempt would leave another one.
            files.Delete(temporary);
            throw;
        }

        files.SyncDirectory(directory);
    }

    /// <returns>Null when there is no such file.</returns>
    public static byte[]? Read(IFileSystem files, string path, ReadFrom from = ReadFrom.Cache)
    {
        using var file = files.OpenRead(path, from);
        if (file is null)
        {
            return null;
        }

        var content = new byte[file.Length];
        var read = file.Read(0, content);
        return read == content.Length ? content : content[..read];
    }
}
