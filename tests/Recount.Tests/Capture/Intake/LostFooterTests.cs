using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Recount.Capture.Intake;
using Recount.ObjectStore.Directory;
using Recount.Primitives;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Capture.Intake;

/// <summary>A closed object whose footer rots holds its chunks all the same, and says that it is damaged.</summary>
public sealed class LostFooterTests
{
    private static readonly byte[][] Bodies =
        [.. Enumerable.Range(0, 4).Select(i => Encoding.UTF8.GetBytes($$$"""{"at":{{{i}}},"k":"event","d":{}}"""))];

    [Fact]
    public async Task A_flip_in_any_byte_of_the_footer_costs_no_chunk_once_the_boot_is_over()
    {
        var whole = Closed(0, null);
        var committed = (int)IntakeSamples.Read(whole).Committed;
        Assert.InRange(whole.Length - committed, 400, 2_000);
        for (var at = committed; at < whole.Length; at++)
        {
            var read = await ReadAsync(Flipped(whole, at), ended: 1);

            Assert.Equal(IntakeClosing.Damaged, read.Footer!.Closed);
            ExpectAllFrames(read);
            Assert.Equal([new IntakeDamage(committed, whole.Length - committed, true)], read.Damage);
            Assert.Equal(Bodies.Length, read.Footer.Counts.Sum(count => count.Frames));
        }
    }

    [Fact]
    public async Task A_flip_in_any_byte_of_the_footer_costs_no_chunk_while_the_next_object_vouches_for_it()
    {
        var whole = Closed(0, null);
        var read = IntakeSamples.Read(whole);
        var next = Closed(1, new IntakePrevious(0, read.Chain.ToString()));
        for (var at = (int)read.Committed; at < whole.Length; at++)
        {
            var damaged = await ReadAsync(Flipped(whole, at), next: next);

            Assert.Equal(IntakeClosing.Damaged, damaged.Footer!.Closed);
            ExpectAllFrames(damaged);
        }
    }

    [Fact]
    public async Task Without_an_end_or_a_next_object_it_is_open_as_far_as_anybody_can_tell()
    {
        var whole = Closed(0, null);

        Assert.Null((await ReadAsync(Flipped(whole, whole.Length - 1))).Footer);
        Assert.Null((await ReadAsync(Flipped(whole, whole.Length - 1), ended: 0)).Footer);
    }

    [Fact]
    public async Task An_object_that_was_given_up_and_waits_for_its_sibling_is_not_taken_for_damaged()
    {
        var open = Open();
        var chain = IntakeSamples.Read(open).Chain.ToString();

        // A group that was refused: its frames are there, whole or torn, and no commit mark vouches for them.
        byte[] torn = [.. open, .. open[IntakeFormat.HeaderBytes..(IntakeFormat.HeaderBytes + 100)]];
        var read = await ReadAsync(torn, next: Closed(1, new IntakePrevious(0, chain)));

        Assert.Null(read.Footer);
    }

    [Fact]
    public async Task A_last_commit_mark_that_rots_with_the_footer_costs_no_chunk()
    {
        var whole = Closed(0, null);
        var committed = (int)IntakeSamples.Read(whole).Committed;

        var read = await ReadAsync(Flipped(Flipped(whole, committed - 1), whole.Length - 1), ended: 1);

        ExpectAllFrames(read);
        Assert.Equal(whole.Length, read.Damage.Max(damage => damage.Offset + damage.Length));
    }

    [Fact]
    public async Task A_sibling_that_rots_costs_no_chunk()
    {
        var files = new CrashingFileSystem();
        var open = Open(files);
        new IntakeRecovery(
            files, CrashingFileSystem.Root, IntakeSamples.Node, NullLogger<IntakeRecovery>.Instance).Run();
        var sibling = DurableFile.Read(files, Path.Combine(CrashingFileSystem.Root, IntakeSamples.Key().ClosePath))!;
        for (var at = 0; at < sibling.Length; at++)
        {
            var read = await ReadAsync(open, Flipped(sibling, at), ended: 1);
            ExpectAllFrames(read);
            if (read.Footer!.Closed == IntakeClosing.Recovered)
            {
                // The offset is not needed to read a sibling, which has its footer at its beginning.
                Assert.InRange(at, sibling.Length - 16, sibling.Length - 9);
                continue;
            }

            Assert.Equal(IntakeClosing.Damaged, read.Footer.Closed);
            Assert.Equal([new IntakeDamage(open.Length, 0, true)], read.Damage);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(96)]
    [InlineData(500)]
    public async Task A_closed_object_that_was_cut_off_says_that_it_is_damaged(int length)
    {
        var read = await ReadAsync(Closed(0, null)[..length], ended: 1);

        Assert.Equal(IntakeClosing.Damaged, read.Footer!.Closed);
        Assert.NotEmpty(read.Damage);
        Assert.All(read.Frames, frame => Assert.True(IntakeSamples.SameBytes(frame, Bodies[frame.Number])));
    }

    [Fact]
    public void Recovery_counts_an_object_of_which_only_its_sibling_is_left()
    {
        var files = new CrashingFileSystem();
        Open(files);
        Put(files, IntakeSamples.Key(6).ClosePath, [1]);

        new IntakeRecovery(
            files, CrashingFileSystem.Root, IntakeSamples.Node, NullLogger<IntakeRecovery>.Instance).Run();

        var ended = DurableFile.Read(
            files, Path.Combine(CrashingFileSystem.Root, IntakeKey.EndedPath(IntakeSamples.Node, IntakeSamples.Boot)));
        Assert.Equal("7", Encoding.UTF8.GetString(ended!));
    }

    private static void ExpectAllFrames(IntakeObject read)
    {
        Assert.Equal(Enumerable.Range(0, Bodies.Length), read.Frames.Select(frame => frame.Number));
        Assert.All(read.Frames, frame => Assert.True(IntakeSamples.SameBytes(frame, Bodies[frame.Number])));
    }

    private static async Task<IntakeObject> ReadAsync(
        byte[] bytes, byte[]? sibling = null, byte[]? next = null, long? ended = null)
    {
        var files = new CrashingFileSystem();
        Put(files, IntakeSamples.Key().Path, bytes);
        Put(files, IntakeSamples.Key().ClosePath, sibling);
        Put(files, IntakeSamples.Key(1).Path, next);
        Put(files, IntakeKey.EndedPath(IntakeSamples.Node, IntakeSamples.Boot), ended is null ? null : Encoding.UTF8.GetBytes($"{ended}"));
        var reader = new IntakeReader(new DirectoryObjectStore(files, CrashingFileSystem.Root));
        return (await reader.ReadAsync(IntakeSamples.Key(), ReadFrom.Cache, CancellationToken.None))!;
    }

    private static void Put(CrashingFileSystem files, string key, byte[]? bytes)
    {
        if (bytes is not null)
        {
            var path = Path.Combine(CrashingFileSystem.Root, key);
            files.CreateDirectory(Path.GetDirectoryName(path)!);
            using var file = files.Create(path);
            file.Append(bytes);
        }
    }

    private static byte[] Open(CrashingFileSystem? files = null) => IntakeSamples.Object(
        [Bodies[..1], Bodies[1..]], null, files ?? new CrashingFileSystem(), CrashingFileSystem.Root);

    private static byte[] Closed(long n, IntakePrevious? previous)
    {
        var files = new CrashingFileSystem();
        using (var writer = new IntakeObjectWriter(
            files, CrashingFileSystem.Root, IntakeSamples.Key(n), previous, IntakeSamples.At, new ArrayBufferWriter<byte>(),
            IntakeSamples.Marker))
        {
            writer.Append([new PendingFrame(IntakeSamples.Head(Bodies[0], 0), Bodies[0])]);
            writer.Append([.. Enumerable.Range(1, Bodies.Length - 1)
                .Select(seq => new PendingFrame(IntakeSamples.Head(Bodies[seq], seq, 1 + (seq % 2)), Bodies[seq]))]);
            writer.Close(IntakeClosing.Age);
        }

        return DurableFile.Read(files, Path.Combine(CrashingFileSystem.Root, IntakeSamples.Key(n).Path))!;
    }

    private static byte[] Flipped(byte[] bytes, int at)
    {
        var flipped = (byte[])bytes.Clone();
        flipped[at] ^= 0x10;
        return flipped;
    }
}
