using System.Collections.Immutable;

namespace Recount.Tests.Infrastructure;

/// <summary>A file: what a reader sees, and how much of it is durable.</summary>
/// <param name="Bytes">As written.</param>
/// <param name="Durable">Bytes from the beginning that a power loss leaves alone.</param>
/// <param name="IsLost">A sync failed: the kernel calls the rest clean, and no later sync writes it.</param>
internal sealed record DiskFile(byte[] Bytes, int Durable, bool IsLost);

/// <summary>
/// A file system at one moment: names and files as programs see them, and as the medium has them. Directories have the
/// inode 0.
/// </summary>
internal sealed record DiskState(
    ImmutableDictionary<string, int> Names,
    ImmutableDictionary<string, int> DurableNames,
    ImmutableDictionary<int, DiskFile> Files)
{
    public const int Directory = 0;
    private static readonly int[] Sectors = [512, 4096];

    public static DiskState Empty(string root) => new(
        ImmutableDictionary<string, int>.Empty.Add(root, Directory),
        ImmutableDictionary<string, int>.Empty.Add(root, Directory),
        ImmutableDictionary<int, DiskFile>.Empty);

    public DiskState SyncDirectory(string path)
    {
        var durable = DurableNames;
        foreach (var name in durable.Keys.Where(name => Path.GetDirectoryName(name) == path && !Names.ContainsKey(name)))
        {
            durable = durable.Remove(name);
        }

        foreach (var (name, inode) in Names.Where(item => Path.GetDirectoryName(item.Key) == path))
        {
            durable = durable.SetItem(name, inode);
        }

        return this with { DurableNames = durable };
    }

    /// <summary>What the medium may hold when power fails now: any of the states that the missing syncs allow.</summary>
    public DiskState AfterPowerLoss(Random random)
    {
        var names = DurableNames.Where(item => Names.TryGetValue(item.Key, out var live) && live == item.Value)
            .Concat(Names.Keys.Union(DurableNames.Keys)
                .Where(name => Names.GetValueOrDefault(name, -1) != DurableNames.GetValueOrDefault(name, -1))
                .Order(StringComparer.Ordinal)
                .Select(name => (Name: name, Inode: (random.Next(2) == 0 ? Names : DurableNames).GetValueOrDefault(name, -1)))
                .Where(item => item.Inode >= 0)
                .Select(item => KeyValuePair.Create(item.Name, item.Inode)))
            .ToImmutableDictionary();
        names = names.Where(item => HasPath(names, item.Key)).ToImmutableDictionary();
        var files = Files.OrderBy(item => item.Key).ToImmutableDictionary(item => item.Key, item => Torn(item.Value, random));
        return new DiskState(names, names, files);
    }

    /// <summary>Same names and contents, whatever is durable.</summary>
    public bool LooksLike(DiskState other) =>
        Names.Count == other.Names.Count
        && Names.All(item => other.Names.TryGetValue(item.Key, out var inode)
            && (item.Value == Directory
                ? inode == Directory
                : Files[item.Value].Bytes.AsSpan().SequenceEqual(other.Files[inode].Bytes)));

    private static bool HasPath(ImmutableDictionary<string, int> names, string path)
    {
        var parent = Path.GetDirectoryName(path);
        return parent is null || !parent.StartsWith(CrashingFileSystem.Root, StringComparison.Ordinal)
            || (names.ContainsKey(parent) && HasPath(names, parent));
    }

    private static DiskFile Torn(DiskFile file, Random random)
    {
        var unsynced = file.Bytes.Length - file.Durable;
        var bytes = (unsynced == 0 ? 0 : random.Next(4)) switch
        {
            0 => file.Bytes,
            1 => file.Bytes[..file.Durable],
            2 => file.Bytes[..(file.Durable + random.Next(unsynced + 1))],
            _ => WithLostSectors(file, random),
        };
        return new DiskFile(bytes, bytes.Length, IsLost: false);
    }

    private static byte[] WithLostSectors(DiskFile file, Random random)
    {
        var bytes = (byte[])file.Bytes.Clone();
        var size = Sectors[random.Next(Sectors.Length)];
        for (var start = file.Durable / size * size; start < bytes.Length; start += size)
        {
            if (random.Next(2) == 0)
            {
                var from = Math.Max(start, file.Durable);
                bytes.AsSpan(from, Math.Min(start + size, bytes.Length) - from).Clear();
            }
        }

        return bytes;
    }
}
