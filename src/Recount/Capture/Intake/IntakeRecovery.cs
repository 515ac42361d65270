using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Recount.Primitives;

namespace Recount.Capture.Intake;

/// <summary>
/// Closes what earlier processes of this node left open. It runs before the node takes chunks, while it alone holds the
/// data directory, and changes no byte of an object: each is closed by a sibling.
/// </summary>
public sealed partial class IntakeRecovery(IFileSystem files, string root, Guid node, ILogger<IntakeRecovery> log)
{
    /// <returns>Objects that were closed.</returns>
    public int Run()
    {
        var nodeDirectory = Path.Combine(root, IntakeKey.Prefix, node.ToString("D"));
        var closed = 0;
        foreach (var name in files.List(nodeDirectory))
        {
            if (Guid.TryParseExact(name, "D", out var boot) && !HasEnded(boot))
            {
                closed += RecoverBoot(boot, Path.Combine(nodeDirectory, name));
            }
        }

        return closed;
    }

    internal static void PutClosing(IFileSystem files, string root, IntakeKey key, byte[] footer) =>
        Put(files, Path.Combine(root, key.ClosePath), footer);

    /// <summary>Says that a boot has no object from <paramref name="objects"/> on, and that all before are closed.</summary>
    internal static void PutEnded(IFileSystem files, string root, Guid node, Guid boot, long objects)
    {
        var directory = Path.Combine(root, IntakeKey.BootPrefix(node, boot));
        if (files.DirectoryExists(directory))
        {
            // What closes the objects must not be lost while this name, which says that they are closed, survives.
            files.SyncDirectory(directory);
            var content = Encoding.UTF8.GetBytes(objects.ToString(CultureInfo.InvariantCulture));
            Put(files, Path.Combine(root, IntakeKey.EndedPath(node, boot)), content);
        }
    }

    private static void Put(IFileSystem files, string path, byte[] content) =>
        DurableFile.PutIfAbsent(files, path, $"{path}.{Guid.NewGuid():N}.new", file => file.Append(content));

    private bool HasEnded(Guid boot)
    {
        using var ended = files.OpenRead(Path.Combine(root, IntakeKey.EndedPath(node, boot)));
        return ended is not null;
    }

    private int RecoverBoot(Guid boot, string directory)
    {
        var names = files.List(directory);
        var closed = 0;
        long objects = 0;
        foreach (var name in names)
        {
            // A sibling whose object is gone says that there was one.
            var path = IntakeKey.BootPrefix(node, boot) + name;
            var isObject = IntakeKey.TryParse(path, out var key);
            objects = isObject || IntakeKey.TryParseClosing(path, out key) ? Math.Max(objects, key.N + 1) : objects;
            if (isObject && !names.Contains(Path.GetFileName(key.ClosePath)) && !HasFooter(key))
            {
                Close(key);
                closed++;
            }
        }

        PutEnded(files, root, node, boot, objects);
        return closed;
    }

    private bool HasFooter(IntakeKey key)
    {
        using var file = files.OpenRead(Path.Combine(root, key.Path));
        if (file is null || file.Length < IntakeFormat.FooterMagic.Length)
        {
            return false;
        }

        // The magic alone may be a torn footer's, so the record is read whole when it is there.
        var magic = new byte[IntakeFormat.FooterMagic.Length];
        file.Read(file.Length - magic.Length, magic);
        return magic.AsSpan().SequenceEqual(IntakeFormat.FooterMagic) && Read(key).Footer is not null;
    }

    /// <summary>
    /// What is found must be what a reader will find later. Pages that only the cache holds are made durable first; those
    /// that a failed sync left there, which the kernel calls clean and never writes, are not believed: hence the medium.
    /// </summary>
    private IntakeObject Read(IntakeKey key)
    {
        var path = Path.Combine(root, key.Path);
        files.SyncFile(path);
        return IntakeObjectReader.Read(key, DurableFile.Read(files, path, ReadFrom.Medium) ?? [], null);
    }

    private void Close(IntakeKey key)
    {
        var found = Read(key);
        PutClosing(files, root, key, IntakeFormat.WriteFooter(
            found.Marker ?? new byte[IntakeFormat.MarkerBytes], Describe(found, IntakeClosing.Recovered)));
        LogRecovered(key, found.Frames.Count, found.Committed, found.Damage.Count);
    }

    /// <summary>The footer of an object by what can be read of it.</summary>
    internal static IntakeFooter Describe(IntakeObject found, string closing)
    {
        var accounts = found.Frames.Select(frame => frame.Head.Account).Distinct().ToList();
        return new IntakeFooter
        {
            Version = IntakeFooter.CurrentVersion,
            Node = found.Key.Node,
            Boot = found.Key.Boot,
            N = found.Key.N,
            Closed = closing,
            Committed = found.Committed,
            Frames = found.Frames.Count,
            Chain = found.Chain.ToString(),
            Accounts = accounts,
            Counts = [.. found.Frames
                .GroupBy(frame => (frame.Head.Account, Hour: NodeClock.HourOf(frame.Head.ReceivedAtMicros)))
                .Select(group => new IntakeCount(
                    accounts.IndexOf(group.Key.Account),
                    group.Key.Hour,
                    group.Count(),
                    group.Sum(frame => (long)frame.Body.Length)))],
            Table = [.. found.Frames.Select(frame =>
                new long[] { frame.Offset, frame.Length, accounts.IndexOf(frame.Head.Account), frame.Number })],
            Damage = found.Damage,
        };
    }

    [LoggerMessage(LogLevel.Warning, "Intake object {Key} was left open: {Frames} chunks in {Committed} bytes, {Damage} damaged ranges.")]
    private partial void LogRecovered(IntakeKey key, int frames, long committed, int damage);
}
