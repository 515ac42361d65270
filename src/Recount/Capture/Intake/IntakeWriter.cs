using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Recount.Primitives;
using Recount.Wire.Chunks;

namespace Recount.Capture.Intake;

/// <summary>What became of a chunk that was given to the intake.</summary>
public enum IntakeOutcome
{
    /// <summary>Its bytes survive kill -9 and power loss.</summary>
    Durable,

    /// <summary>They could not be made durable.</summary>
    StorageFailed,

    /// <summary>The process is shutting down.</summary>
    Stopping,
}

/// <summary>A chunk that waits to become durable.</summary>
internal sealed class PendingFrame(IntakeFrameHead head, ReadOnlyMemory<byte> body)
{
    private readonly TaskCompletionSource<IntakeOutcome> completion =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IntakeFrameHead Head { get; } = head;

    public ReadOnlyMemory<byte> Body { get; } = body;

    public Task<IntakeOutcome> Outcome => completion.Task;

    public void Complete(IntakeOutcome outcome) => completion.TrySetResult(outcome);
}

/// <summary>
/// Appends chunks to intake objects by group commit: while one group is made durable the next one gathers, so one fsync
/// serves all that wait. One thread writes; it is a thread of its own because it blocks in fsync most of its life.
/// </summary>
public sealed partial class IntakeWriter : IDisposable
{
    private readonly IFileSystem files;
    private readonly string root;
    private readonly Guid node;
    private readonly NodeClock clock;
    private readonly TimeProvider time;
    private readonly IntakeOptions options;
    private readonly ILogger<IntakeWriter> log;
    private readonly Thread thread;
    private readonly Lock gate = new();
    private readonly AutoResetEvent arrived = new(false);
    private readonly List<(IntakeKey Key, byte[] Footer)> givenUp = [];
    private readonly ArrayBufferWriter<byte> groupBuffer = new(1 << 20);
    private List<PendingFrame> waiting = [];
    private IntakeObjectWriter? current;
    private IntakePrevious? previous;
    private long openedAt;
    private long? failedAt;
    private long nextN;
    private bool isPathDurable;
    private bool isStopping;

    /// <param name="files">The file system.</param>
    /// <param name="root">Root of the object store's directory.</param>
    /// <param name="node">This node's id.</param>
    /// <param name="clock">The node's time line.</param>
    /// <param name="time">Monotonic time.</param>
    /// <param name="options">Limits.</param>
    /// <param name="log">Log.</param>
    public IntakeWriter(
        IFileSystem files,
        string root,
        Guid node,
        NodeClock clock,
        TimeProvider time,
        IntakeOptions options,
        ILogger<IntakeWriter> log)
    {
        this.files = files;
        this.root = Path.TrimEndingDirectorySeparator(root);
        this.node = node;
        this.clock = clock;
        this.time = time;
        this.options = options;
        this.log = log;
        thread = new Thread(Run) { IsBackground = true, Name = "intake" };
        thread.Start();
    }

    /// <summary>Random and new at each start of the process.</summary>
    public Guid Boot { get; } = Guid.NewGuid();

    /// <summary>Appends a chunk; the task completes when it is durable or refused. The body is borrowed until then.</summary>
    /// <exception cref="ArgumentException">A frame cannot hold it.</exception>
    public Task<IntakeOutcome> AppendAsync(IntakeFrameHead head, ReadOnlyMemory<byte> body)
    {
        if (Encoding.UTF8.GetByteCount(head.Query) > IntakeFormat.MaxQueryBytes || body.Length > ChunkContent.MaxBodyBytes)
        {
            throw new ArgumentException("The query or the body is longer than a frame can hold.");
        }

        var frame = new PendingFrame(head, body);
        lock (gate)
        {
            if (isStopping)
            {
                return Task.FromResult(IntakeOutcome.Stopping);
            }

            waiting.Add(frame);
            arrived.Set();
        }

        return frame.Outcome;
    }

    /// <summary>Makes durable what waits, closes the open object and stops.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (isStopping)
            {
                return;
            }

            isStopping = true;
        }

        arrived.Set();
        thread.Join();
        current?.Dispose();
        arrived.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            arrived.WaitOne(UntilDue());
            var (group, stopping) = Take();
            Write(group);
            CloseGivenUp();
            if (stopping && group.Count == 0)
            {
                Close(IntakeClosing.Shutdown);
                EndBoot();
                return;
            }

            CloseIfDue();
        }
    }

    private TimeSpan UntilDue()
    {
        lock (gate)
        {
            if (waiting.Count > 0 || isStopping)
            {
                return TimeSpan.Zero;
            }
        }

        if (current is null)
        {
            return givenUp.Count > 0 ? options.MaxAge : Timeout.InfiniteTimeSpan;
        }

        var left = options.MaxAge - time.GetElapsedTime(openedAt);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private (List<PendingFrame> Group, bool Stopping) Take()
    {
        lock (gate)
        {
            long bytes = 0;
            var count = 0;
            while (count < waiting.Count && (count == 0 || bytes + waiting[count].Body.Length <= options.MaxBytes.Bytes))
            {
                bytes += waiting[count++].Body.Length;
            }

            var group = waiting;
            if (count == waiting.Count)
            {
                waiting = [];
            }
            else
            {
                group = waiting[..count];
                waiting = waiting[count..];
            }

            return (group, isStopping);
        }
    }

    private void Write(List<PendingFrame> group)
    {
        if (group.Count == 0)
        {
            return;
        }

        var outcome = IsResting ? IntakeOutcome.StorageFailed : TryAppend(group);
        foreach (var frame in group)
        {
            frame.Complete(outcome);
        }
    }

    /// <summary>After a failure storage gets a rest, so that a flood does not leave a given-up object for every chunk.</summary>
    public bool IsResting => failedAt is { } at && time.GetElapsedTime(at) < options.RestAfterFailure;

    private IntakeOutcome TryAppend(List<PendingFrame> group)
    {
        try
        {
            CloseIfHourEnded();
            current ??= Open();
            current.Append(group);
            failedAt = null;
            return IntakeOutcome.Durable;
        }
        catch (Exception failure) when (IsOfStorage(failure))
        {
            LogAppendFailed(failure, group.Count);
            failedAt = time.GetTimestamp();
            GiveUp();
            return IntakeOutcome.StorageFailed;
        }
    }

    private static bool IsOfStorage(Exception failure) => failure is IOException or UnauthorizedAccessException;

    private IntakeObjectWriter Open()
    {
        if (!isPathDurable)
        {
            MakePathDurable();
            isPathDurable = true;
        }

        var opened = new IntakeObjectWriter(
            files,
            root,
            new IntakeKey(node, Boot, nextN),
            previous,
            clock.NowMicros,
            groupBuffer,
            RandomNumberGenerator.GetBytes(IntakeFormat.MarkerBytes));
        nextN++;
        openedAt = time.GetTimestamp();
        return opened;
    }

    /// <summary>
    /// Makes the directories' names durable up to the root. That a directory exists does not say so: an earlier process
    /// may have been killed, or an earlier attempt have failed, between making it and syncing the one above.
    /// </summary>
    private void MakePathDurable()
    {
        var directory = Path.GetDirectoryName(Path.Combine(root, new IntakeKey(node, Boot, nextN).Path))!;
        files.CreateDirectory(directory);
        while (directory != root)
        {
            directory = Path.GetDirectoryName(directory)!;
            files.SyncDirectory(directory);
        }
    }

    private void CloseIfHourEnded()
    {
        if (current is not null && current.Hour != NodeClock.HourOf(clock.NowMicros))
        {
            Close(IntakeClosing.Hour);
        }
    }

    private void CloseIfDue()
    {
        if (current is null)
        {
            return;
        }

        if (current.Committed >= options.MaxBytes.Bytes)
        {
            Close(IntakeClosing.Size);
        }
        else if (time.GetElapsedTime(openedAt) >= options.MaxAge)
        {
            Close(IntakeClosing.Age);
        }
    }

    private void Close(string closing)
    {
        if (current is null)
        {
            return;
        }

        try
        {
            current.Close(closing);
            previous = new IntakePrevious(current.Key.N, current.Chain.ToString());
            current.Dispose();
            current = null;
        }
        catch (Exception failure) when (IsOfStorage(failure))
        {
            LogCloseFailed(failure, current!.Key);
            GiveUp();
        }
    }

    private void GiveUp()
    {
        if (current is null)
        {
            return;
        }

        givenUp.Add((current.Key, current.WriteFooter(IntakeClosing.Failed)));
        previous = new IntakePrevious(current.Key.N, current.Chain.ToString());
        current.Dispose();
        current = null;
        CloseGivenUp();
    }

    /// <summary>Closes given-up objects by their siblings. What cannot be closed now is tried again; recovery does the rest.</summary>
    private void CloseGivenUp()
    {
        givenUp.RemoveAll(item =>
        {
            try
            {
                IntakeRecovery.PutClosing(files, root, item.Key, item.Footer);
                LogGivenUp(item.Key);
                return true;
            }
            catch (Exception failure) when (IsOfStorage(failure))
            {
                LogCloseFailed(failure, item.Key);
                return false;
            }
        });
    }

    private void EndBoot()
    {
        if (givenUp.Count > 0)
        {
            return;
        }

        try
        {
            IntakeRecovery.PutEnded(files, root, node, Boot, nextN);
        }
        catch (Exception failure) when (IsOfStorage(failure))
        {
            LogEndFailed(failure);
        }
    }

    [LoggerMessage(LogLevel.Error, "{Count} chunks could not be made durable and were refused; the object is given up.")]
    private partial void LogAppendFailed(Exception failure, int count);

    [LoggerMessage(LogLevel.Error, "Intake object {Key} could not be closed; it is tried again, and at the next start.")]
    private partial void LogCloseFailed(Exception failure, IntakeKey key);

    [LoggerMessage(LogLevel.Warning, "Intake object {Key} was given up after a storage failure and is closed beside itself.")]
    private partial void LogGivenUp(IntakeKey key);

    [LoggerMessage(LogLevel.Warning, "The end of this boot could not be written; the next start reads its objects again.")]
    private partial void LogEndFailed(Exception failure);
}
