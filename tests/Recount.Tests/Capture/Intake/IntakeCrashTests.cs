using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Recount.Capture.Intake;
using Recount.ObjectStore.Directory;
using Recount.Primitives;
using Recount.Tests.Infrastructure;
using Xunit.Abstractions;

namespace Recount.Tests.Capture.Intake;

/// <summary>What a power loss or a kill may leave, at every operation of the intake: nothing acknowledged is lost.</summary>
public sealed class IntakeCrashTests(ITestOutputHelper output)
{
    private const int StatesPerHistory = 20;
    private static readonly int Histories = (TestSeed.IsLong ? 20_000 : 500) / StatesPerHistory;

    [Fact]
    public async Task Whatever_a_crash_leaves_holds_every_acknowledged_chunk_once_and_nothing_that_was_not_sent()
    {
        var random = TestSeed.Next(output);
        for (var history = 0; history < Histories; history++)
        {
            var files = new CrashingFileSystem();
            var sent = new SentChunks();
            await WriteAsync(files, sent, random);
            if (random.Next(2) == 0)
            {
                // The process is killed and another one goes on; the medium still lacks whatever was not synced.
                files = new CrashingFileSystem(sent.RewindTo(files.History, random));
                Recover(files);
                await WriteAsync(files, sent, random);
            }

            for (var state = 0; state < StatesPerHistory; state++)
            {
                await CrashAsync(files.History, sent, random);
            }
        }
    }

    private static async Task CrashAsync(IReadOnlyList<DiskState> history, SentChunks sent, Random random)
    {
        var at = random.Next(history.Count);
        var left = random.Next(3) == 0 ? history[at] : history[at].AfterPowerLoss(random);
        var files = new CrashingFileSystem(left);
        Recover(files);
        if (random.Next(2) == 0)
        {
            // Recovery is interrupted too.
            files = new CrashingFileSystem(files.History[random.Next(files.History.Count)].AfterPowerLoss(random));
            Recover(files);
        }

        await CheckAsync(files, sent, at);
        var recovered = files.Current;
        Assert.Equal(0, Recover(files));
        Assert.True(recovered.LooksLike(files.Current), "A second recovery changed something.");
        var later = new CrashingFileSystem(files.Current.AfterPowerLoss(random));
        Recover(later);
        await CheckAsync(later, sent, at);
    }

    private static async Task WriteAsync(CrashingFileSystem files, SentChunks sent, Random random)
    {
        // Faults come from their own source: the writer's thread draws them.
        var faults = new Random(random.Next());
        var failing = random.Next(3) == 0;
        files.Before = (operation, _) =>
        {
            sent.Acknowledge(files.History.Count - 1);
            if (failing && operation is "sync" or "syncdir" or "append" or "create" or "link" && faults.Next(15) == 0)
            {
                throw new IOException($"{operation} fails.");
            }
        };
        using (var writer = Writer(files, random.Next(500, 6000)))
        {
            for (var batch = random.Next(1, 6); batch > 0; batch--)
            {
                var outcomes = Enumerable.Range(0, random.Next(1, 5))
                    .Select(_ => sent.Send(writer, random.Bytes(random.Next(8) == 0 ? 0 : random.Next(2500))))
                    .ToList();
                await Task.WhenAll(outcomes);
            }
        }

        files.Before = null;
        sent.Acknowledge(files.History.Count - 1);
    }

    private static IntakeWriter Writer(IFileSystem files, long maxBytes) => new(
        files,
        CrashingFileSystem.Root,
        IntakeSamples.Node,
        new NodeClock(TimeProvider.System),
        TimeProvider.System,
        new IntakeOptions { MaxBytes = new ByteSize(maxBytes), RestAfterFailure = TimeSpan.Zero },
        NullLogger<IntakeWriter>.Instance);

    private static int Recover(IFileSystem files) => new IntakeRecovery(
        files, CrashingFileSystem.Root, IntakeSamples.Node, NullLogger<IntakeRecovery>.Instance).Run();

    private static async Task CheckAsync(CrashingFileSystem files, SentChunks sent, int at)
    {
        var found = new Dictionary<int, IntakeFrame>();
        var reader = new IntakeReader(new DirectoryObjectStore(files, CrashingFileSystem.Root));
        foreach (var (node, boot) in await reader.BootsAsync(CancellationToken.None))
        {
            await foreach (var key in reader.ListAsync(node, boot, 0, CancellationToken.None))
            {
                var read = (await reader.ReadAsync(key, ReadFrom.Medium, CancellationToken.None))!;
                CheckFooter(read);
                foreach (var frame in read.Frames)
                {
                    Assert.True(found.TryAdd(frame.Head.Chunk.Seq, frame), "A chunk stands there twice.");
                }
            }
        }

        foreach (var (seq, frame) in found)
        {
            // A torn frame of a group that was never acknowledged keeps its identity; whole ones hold what was sent.
            Assert.True(sent.Bodies.ContainsKey(seq), "A chunk that nobody sent.");
            Assert.True(!frame.IsBodyWhole || IntakeSamples.SameBytes(frame, sent.Bodies[seq]), "Other bytes than were sent.");
        }

        foreach (var seq in sent.AcknowledgedAt(at))
        {
            Assert.True(found.TryGetValue(seq, out var frame), $"Acknowledged chunk {seq} is lost.");
            Assert.True(IntakeSamples.SameBytes(frame, sent.Bodies[seq]), $"Acknowledged chunk {seq} is torn.");
        }
    }

    private static void CheckFooter(IntakeObject read)
    {
        Assert.NotNull(read.Footer);
        Assert.Equal(read.Frames.Count, read.Footer.Frames);
        Assert.Equal(read.Frames.Count, read.Footer.Counts.Sum(count => count.Frames));
        Assert.Equal(read.Frames.Sum(frame => (long)frame.Body.Length), read.Footer.Counts.Sum(count => count.Bytes));
        Assert.Equal(read.Frames.Select(frame => frame.Offset), read.Footer.Table.Select(row => row[0]));
        Assert.All(read.Damage, damage => Assert.False(damage.Proven));
        Assert.Equal(read.Damage, read.Footer.Damage);
    }

    /// <summary>What a test sent, and from which operation on each chunk was acknowledged.</summary>
    private sealed class SentChunks
    {
        private readonly ConcurrentDictionary<int, Task<IntakeOutcome>> open = new();
        private readonly ConcurrentDictionary<int, int> acknowledged = new();
        private int next;

        public ConcurrentDictionary<int, byte[]> Bodies { get; } = new();

        public Task<IntakeOutcome> Send(IntakeWriter writer, byte[] body)
        {
            var seq = next++;
            Bodies[seq] = body;
            return open[seq] = writer.AppendAsync(IntakeSamples.Head(body, seq, 1 + (seq % 3)), body);
        }

        /// <summary>The writer's thread comes here before it does anything else: no acknowledgement is seen too late.</summary>
        public void Acknowledge(int at)
        {
            foreach (var (seq, task) in open)
            {
                if (task is { IsCompletedSuccessfully: true, Result: IntakeOutcome.Durable })
                {
                    acknowledged.TryAdd(seq, at);
                }
            }
        }

        public IEnumerable<int> AcknowledgedAt(int at) => acknowledged.Where(item => item.Value <= at).Select(item => item.Key);

        /// <summary>Goes on from an earlier state: what was acknowledged by then counts from the beginning.</summary>
        public DiskState RewindTo(IReadOnlyList<DiskState> history, Random random)
        {
            var at = random.Next(history.Count);
            var before = AcknowledgedAt(at).ToList();
            open.Clear();
            acknowledged.Clear();
            foreach (var seq in before)
            {
                acknowledged[seq] = 0;
            }

            return history[at];
        }
    }
}
