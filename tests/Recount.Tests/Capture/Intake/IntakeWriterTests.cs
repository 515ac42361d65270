using Microsoft.Extensions.Logging.Abstractions;
using Recount.Capture.Intake;
using Recount.ObjectStore.Directory;
using Recount.Primitives;
using Recount.Tests.Infrastructure;
using Recount.Tests.Access;

namespace Recount.Tests.Capture.Intake;

public sealed class IntakeWriterTests
{
    private static readonly byte[] Body = [.. Enumerable.Range(0, 1000).Select(value => (byte)value)];
    private readonly CrashingFileSystem files = new();
    private readonly ManualTime time = new();

    [Fact]
    public async Task Chunks_that_wait_for_a_sync_become_one_group_in_the_order_they_came()
    {
        using var release = new ManualResetEventSlim();
        using var blocked = new ManualResetEventSlim();
        var appends = 0;
        files.Before = (operation, _) =>
        {
            if (operation == "append" && Interlocked.Increment(ref appends) == 1)
            {
                blocked.Set();
                release.Wait();
            }
        };
        using var writer = Writer(new IntakeOptions { MaxAge = TimeSpan.FromHours(1) });
        var first = Append(writer, 0);
        blocked.Wait();
        var others = Enumerable.Range(1, 10).Select(seq => Append(writer, seq)).ToList();
        Assert.All(others, other => Assert.False(other.IsCompleted));
        release.Set();
        await Task.WhenAll([first, .. others]);
        Assert.Equal(2, appends);
        var read = (await ReadAllAsync(writer)).Single();
        Assert.Equal(Enumerable.Range(0, 11), read.Frames.Select(frame => frame.Head.Chunk.Seq));
        Assert.Equal(Enumerable.Range(0, 11), read.Frames.Select(frame => frame.Number));
    }

    [Fact]
    public async Task No_chunk_is_acknowledged_before_its_bytes_and_its_name_are_durable()
    {
        var task = Task.FromResult(IntakeOutcome.Stopping);
        files.Before = (_, _) => Assert.False(task.IsCompletedSuccessfully && task.Result == IntakeOutcome.Durable);
        using var writer = Writer(new IntakeOptions { MaxAge = TimeSpan.FromHours(1) });
        task = Append(writer, 0);
        Assert.Equal(IntakeOutcome.Durable, await task);
        files.Before = null;
        var path = Path.Combine(CrashingFileSystem.Root, Key(writer, 0).Path);
        var file = files.Current.Files[files.Current.DurableNames[path]];
        Assert.Equal(file.Bytes.Length, file.Durable);
    }

    [Fact]
    public async Task An_object_closes_by_age()
    {
        using var writer = Writer(new IntakeOptions { MaxAge = TimeSpan.FromMilliseconds(10) }, TimeProvider.System);
        await Append(writer, 0);
        await Until.TrueAsync(async () => (await ReadAllAsync(writer))[0].Footer is { Closed: IntakeClosing.Age }, "closed by age");
    }

    [Fact]
    public async Task An_object_closes_by_size()
    {
        using var writer = Writer(new IntakeOptions { MaxBytes = new ByteSize(1500), MaxAge = TimeSpan.FromHours(1) });
        for (var seq = 0; seq < 4; seq++)
        {
            await Append(writer, seq);
        }

        await Until.TrueAsync(async () => (await ReadAllAsync(writer)).Count == 2, "two objects");
        Assert.Equal(IntakeClosing.Size, (await ReadAllAsync(writer))[0].Footer!.Closed);
    }

    [Fact]
    public async Task An_object_closes_when_its_hour_ends_and_counts_by_the_hour_of_reception()
    {
        using var writer = Writer(new IntakeOptions { MaxAge = TimeSpan.FromHours(1) });
        await Append(writer, 0);
        time.Advance(TimeSpan.FromMinutes(59));
        await Append(writer, 1);
        time.Advance(TimeSpan.FromMinutes(2));
        await Append(writer, 2);
        var read = await ReadAllAsync(writer);
        Assert.Equal(2, read.Count);
        Assert.Equal(IntakeClosing.Hour, read[0].Footer!.Closed);
        Assert.Equal(2, read[0].Frames.Count);
    }

    [Fact]
    public async Task A_stop_closes_the_object_and_ends_the_boot()
    {
        var writer = Writer(new IntakeOptions { MaxAge = TimeSpan.FromHours(1) });
        await Append(writer, 0);
        writer.Dispose();
        Assert.Equal(IntakeClosing.Shutdown, (await ReadAllAsync(writer)).Single().Footer!.Closed);
        Assert.Equal(IntakeOutcome.Stopping, await Append(writer, 1));
        var ended = Path.Combine(CrashingFileSystem.Root, IntakeKey.BootPrefix(IntakeSamples.Node, writer.Boot), "ended");
        Assert.Equal("1"u8.ToArray(), DurableFile.Read(files, ended));
    }

    [Theory]
    [InlineData("append")]
    [InlineData("sync")]
    [InlineData("syncdir")]
    public async Task After_a_failure_the_group_is_refused_and_the_object_is_given_up(string failing)
    {
        var armed = 0;
        var after = new List<(string Operation, string Path)>();
        string? failed = null;
        files.Before = (operation, path) =>
        {
            if (failed is not null)
            {
                after.Add((operation, path));
            }
            else if (operation == failing && Interlocked.CompareExchange(ref armed, 0, 1) == 1)
            {
                failed = path;
                throw new IOException("The medium fails.");
            }
        };
        using var writer = Writer(new IntakeOptions { RestAfterFailure = TimeSpan.Zero, MaxAge = TimeSpan.FromHours(1) });
        if (failing != "syncdir")
        {
            Assert.Equal(IntakeOutcome.Durable, await Append(writer, 0));
        }

        Interlocked.Exchange(ref armed, 1);
        Assert.Equal(IntakeOutcome.StorageFailed, await Append(writer, 1));
        Assert.Equal(IntakeOutcome.Durable, await Append(writer, 2));
        Assert.DoesNotContain(after, item => item.Path == failed && item.Operation is "append" or "sync" && failing != "syncdir");
        if (failing == "syncdir")
        {
            return;
        }

        var read = await ReadAllAsync(writer);
        Assert.Equal([0L, 1L], read.Select(item => item.Key.N));
        Assert.Equal(IntakeClosing.Failed, read[0].Footer!.Closed);
        Assert.Equal([0], read[0].Frames.Select(frame => frame.Head.Chunk.Seq));
        Assert.Empty(read[0].Damage);
        writer.Dispose();
        var next = (await ReadAllAsync(writer))[1];
        Assert.Equal([2], next.Frames.Select(frame => frame.Head.Chunk.Seq));
        Assert.Equal(new IntakePrevious(0, read[0].Footer!.Chain), next.Footer!.Previous);
    }

    [Fact]
    public async Task Storage_gets_a_rest_after_a_failure()
    {
        var fails = true;
        files.Before = (operation, _) =>
        {
            if (fails && operation == "sync")
            {
                throw new IOException("The medium fails.");
            }
        };
        using var writer = Writer(new IntakeOptions { RestAfterFailure = TimeSpan.FromMinutes(1), MaxAge = TimeSpan.FromHours(1) });
        Assert.Equal(IntakeOutcome.StorageFailed, await Append(writer, 0));
        fails = false;
        var before = await CreatedAsync(writer);
        for (var seq = 1; seq < 20; seq++)
        {
            Assert.Equal(IntakeOutcome.StorageFailed, await Append(writer, seq));
        }

        Assert.Equal(before, await CreatedAsync(writer));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(IntakeOutcome.Durable, await Append(writer, 20));
    }

    [Fact]
    public async Task Any_refusal_of_the_system_refuses_chunks_and_never_ends_the_writer()
    {
        var fails = true;
        files.Before = (operation, path) =>
        {
            if (fails && operation is "sync" or "create" && !path.EndsWith("ended", StringComparison.Ordinal))
            {
                throw new UnauthorizedAccessException("The directory was closed.");
            }
        };
        using var writer = Writer(new IntakeOptions { RestAfterFailure = TimeSpan.Zero, MaxAge = TimeSpan.FromHours(1) });
        Assert.Equal(IntakeOutcome.StorageFailed, await Append(writer, 0));
        fails = false;
        Assert.Equal(IntakeOutcome.Durable, await Append(writer, 1));
        fails = true;
        Assert.Equal(IntakeOutcome.StorageFailed, await Append(writer, 2));
        fails = false;
        Assert.Equal(IntakeOutcome.Durable, await Append(writer, 3));
    }

    [Fact]
    public async Task A_frame_that_no_reader_would_take_is_not_written()
    {
        using var writer = Writer(new IntakeOptions());
        var head = IntakeSamples.Head(Body, 0, query: new string('x', IntakeFormat.MaxQueryBytes + 1));
        Assert.Throws<ArgumentException>(() => { _ = writer.AppendAsync(head, Body); });
        head = IntakeSamples.Head(Body, 1, query: new string('x', IntakeFormat.MaxQueryBytes));
        Assert.Equal(IntakeOutcome.Durable, await writer.AppendAsync(head, Body));
        Assert.Equal(head, (await ReadAllAsync(writer)).Single().Frames.Single().Head);
    }

    [Fact]
    public async Task Sixty_four_threads_append_at_once_and_every_chunk_is_there_once()
    {
        const int each = 50;
        using var directory = new TemporaryDirectory();
        var real = new PosixFileSystem();
        var writer = Writer(
            new IntakeOptions { MaxBytes = ByteSize.KiB(64), MaxAge = TimeSpan.FromHours(1) }, TimeProvider.System, real, directory.Path);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 64).Select(thread => Task.Run(async () =>
        {
            var durable = 0;
            for (var i = 0; i < each; i++)
            {
                durable += await Append(writer, (thread * each) + i) == IntakeOutcome.Durable ? 1 : 0;
            }

            return durable;
        })));
        writer.Dispose();
        Assert.Equal(64 * each, outcomes.Sum());
        var read = await ReadAllAsync(writer, real, directory.Path);
        Assert.Equal(Enumerable.Range(0, read.Count), read.Select(item => (int)item.Key.N));
        Assert.All(read.Skip(1).Zip(read), pair =>
            Assert.Equal(new IntakePrevious(pair.Second.Key.N, pair.Second.Footer!.Chain), pair.First.Footer!.Previous));
        Assert.Equal(
            Enumerable.Range(0, 64 * each),
            read.SelectMany(item => item.Frames).Select(frame => frame.Head.Chunk.Seq).Order());
    }

    [Fact]
    public async Task A_stop_under_load_answers_everybody_and_keeps_what_it_acknowledged()
    {
        var writer = Writer(new IntakeOptions { MaxBytes = ByteSize.KiB(4) }, TimeProvider.System);
        var next = -1;
        var acknowledged = new System.Collections.Concurrent.ConcurrentBag<int>();
        var clients = Enumerable.Range(0, 64).Select(_ => Task.Run(async () =>
        {
            while (true)
            {
                var seq = Interlocked.Increment(ref next);
                if (await Append(writer, seq) != IntakeOutcome.Durable)
                {
                    return;
                }

                acknowledged.Add(seq);
            }
        })).ToList();
        await Until.TrueAsync(() => acknowledged.Count > 200, "a load");
        writer.Dispose();
        await Task.WhenAll(clients);
        var there = (await ReadAllAsync(writer)).SelectMany(item => item.Frames).Select(frame => frame.Head.Chunk.Seq).Order();
        Assert.Equal(acknowledged.Order(), there);
    }

    private static IntakeKey Key(IntakeWriter writer, long n) => new(IntakeSamples.Node, writer.Boot, n);

    private static Task<IntakeOutcome> Append(IntakeWriter writer, int seq) =>
        writer.AppendAsync(IntakeSamples.Head(Body, seq), Body);

    private IntakeWriter Writer(
        IntakeOptions options, TimeProvider? with = null, IFileSystem? on = null, string root = CrashingFileSystem.Root) =>
        new(on ?? files, root, IntakeSamples.Node, new NodeClock(with ?? time), with ?? time, options, NullLogger<IntakeWriter>.Instance);

    private async Task<int> CreatedAsync(IntakeWriter writer) => (await ReadAllAsync(writer)).Count;

    private async Task<List<IntakeObject>> ReadAllAsync(
        IntakeWriter writer, IFileSystem? on = null, string root = CrashingFileSystem.Root)
    {
        var reader = new IntakeReader(new DirectoryObjectStore(on ?? files, root));
        var found = new List<IntakeObject>();
        await foreach (var key in reader.ListAsync(IntakeSamples.Node, writer.Boot, 0, CancellationToken.None))
        {
            found.Add((await reader.ReadAsync(key, ReadFrom.Cache, CancellationToken.None))!);
        }

        return found;
    }
}
