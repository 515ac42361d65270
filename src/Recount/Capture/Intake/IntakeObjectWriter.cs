using System.Buffers;
using System.Security.Cryptography;
using Recount.Primitives;
using Recount.Wire;

namespace Recount.Capture.Intake;

/// <summary>
/// One intake object while it is written. After any failure it is given up: its file is never appended to again, since
/// after a failed fsync the kernel calls the lost pages clean, and only what was synced before counts.
/// </summary>
internal sealed class IntakeObjectWriter : IDisposable
{
    private readonly IFileSystem files;
    private readonly string directory;
    private readonly IAppendFile file;
    private readonly byte[] marker;
    private readonly IntakePrevious? previous;
    private readonly ArrayBufferWriter<byte> group;
    private readonly List<Guid> accounts = [];
    private readonly List<long[]> table = [];
    private readonly Dictionary<(int Account, DateTimeOffset Hour), (long Frames, long Bytes)> counts = [];
    private bool isNameDurable;

    /// <param name="files">The file system.</param>
    /// <param name="root">Root of the object store's directory.</param>
    /// <param name="key">The object's key; nothing may have it.</param>
    /// <param name="previous">The object before it in the boot.</param>
    /// <param name="openedAtMicros">When it was opened.</param>
    /// <param name="group">Buffer for one group; reused from object to object.</param>
    /// <param name="marker">16 random bytes that no client can know.</param>
    public IntakeObjectWriter(
        IFileSystem files,
        string root,
        IntakeKey key,
        IntakePrevious? previous,
        long openedAtMicros,
        ArrayBufferWriter<byte> group,
        byte[] marker)
    {
        this.files = files;
        this.previous = previous;
        this.group = group;
        this.marker = marker;
        Key = key;
        Hour = NodeClock.HourOf(openedAtMicros);
        var path = Path.Combine(root, key.Path);
        directory = Path.GetDirectoryName(path)!;
        files.CreateDirectory(directory);
        var header = IntakeFormat.WriteHeader(key, marker, openedAtMicros);
        Chain = Hash256.Of(header);
        file = files.Create(path);
        group.ResetWrittenCount();
        group.Write(header);
    }

    public IntakeKey Key { get; }

    /// <summary>Start of the hour in which it was opened.</summary>
    public DateTimeOffset Hour { get; }

    /// <summary>Bytes that are durable.</summary>
    public long Committed { get; private set; }

    public Hash256 Chain { get; private set; }

    /// <summary>Appends the frames and makes them durable; returns only when they are.</summary>
    /// <exception cref="IOException">They may not be durable; the object must be given up.</exception>
    public void Append(IReadOnlyList<PendingFrame> frames)
    {
        using var chain = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> hash = stackalloc byte[Hash256.Length];
        Chain.CopyTo(hash);
        chain.AppendData(hash);
        var rows = new List<long[]>(frames.Count);
        foreach (var frame in frames)
        {
            var offset = Committed + group.WrittenCount;
            var length = IntakeFormat.WriteFrame(
                group, marker, table.Count + rows.Count, frame.Head, frame.Body.Span, chain);
            rows.Add([offset, length, AccountIndex(frame.Head.Account)]);
        }

        var newChain = new Hash256(chain.GetHashAndReset());
        IntakeFormat.WriteMark(group, marker, table.Count + rows.Count, Committed + group.WrittenCount, newChain);
        file.Append(group.WrittenSpan);
        Failpoint.Hit(Failpoint.IntakeAfterAppend);
        file.Sync();
        MakeNameDurable();
        Failpoint.Hit(Failpoint.IntakeAfterSync);
        Commit(frames, rows, newChain);
    }

    /// <summary>Closes the object in place.</summary>
    /// <exception cref="IOException">It is not closed; its sibling must close it.</exception>
    public void Close(string closing)
    {
        Failpoint.Hit(Failpoint.IntakeBeforeFooter);
        file.Append(WriteFooter(closing));
        file.Sync();
        Failpoint.Hit(Failpoint.IntakeAfterFooter);
    }

    /// <summary>The footer's record, of what is durable.</summary>
    public byte[] WriteFooter(string closing) => IntakeFormat.WriteFooter(marker, new IntakeFooter
    {
        Version = IntakeFooter.CurrentVersion,
        Node = Key.Node,
        Boot = Key.Boot,
        N = Key.N,
        Closed = closing,
        Committed = Committed,
        Frames = table.Count,
        Chain = Chain.ToString(),
        Previous = previous,
        Accounts = accounts,
        Counts = [.. counts.Select(count =>
            new IntakeCount(count.Key.Account, count.Key.Hour, count.Value.Frames, count.Value.Bytes))],
        Table = table,
    });

    public void Dispose() => file.Dispose();

    private void MakeNameDurable()
    {
        if (!isNameDurable)
        {
            files.SyncDirectory(directory);
            isNameDurable = true;
        }
    }

    private void Commit(IReadOnlyList<PendingFrame> frames, List<long[]> rows, Hash256 newChain)
    {
        Committed += group.WrittenCount;
        Chain = newChain;
        group.ResetWrittenCount();
        table.AddRange(rows);
        for (var i = 0; i < frames.Count; i++)
        {
            var key = ((int)rows[i][2], NodeClock.HourOf(frames[i].Head.ReceivedAtMicros));
            var count = counts.GetValueOrDefault(key);
            counts[key] = (count.Frames + 1, count.Bytes + frames[i].Body.Length);
        }
    }

    private int AccountIndex(Guid account)
    {
        var index = accounts.IndexOf(account);
        if (index < 0)
        {
            index = accounts.Count;
            accounts.Add(account);
        }

        return index;
    }
}
