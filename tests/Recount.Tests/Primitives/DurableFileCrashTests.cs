using Recount.ObjectStore.Directory;
using Recount.Primitives;
using Recount.Tests.Infrastructure;
using Xunit.Abstractions;

namespace Recount.Tests.Primitives;

public sealed class DurableFileCrashTests(ITestOutputHelper output)
{
    private const string Once = CrashingFileSystem.Root + "/node";
    private const string Target = CrashingFileSystem.Root + "/a/b/object";
    private static readonly int States = TestSeed.IsLong ? 20_000 : 500;

    [Fact]
    public void A_put_object_is_never_torn_and_is_durable_for_the_winner_and_for_the_loser()
    {
        var random = TestSeed.Next(output);
        for (var state = 0; state < States; state++)
        {
            var winner = random.Bytes(random.Next(1, 5000));
            var files = new CrashingFileSystem();
            Assert.True(Put(files, winner));
            var at = random.Next(files.History.Count);
            AssertWholeOrAbsent(files.History[at].AfterPowerLoss(random), winner, isThere: at == files.History.Count - 1);

            // The winner was killed somewhere; whoever comes next relies on what it finds or on what it puts itself.
            var next = new CrashingFileSystem(files.History[at]);
            var other = random.Bytes(1000);
            var won = Put(next, other);
            AssertWholeOrAbsent(next.Current.AfterPowerLoss(random), won ? other : winner, isThere: true);
        }
    }

    [Fact]
    public void What_is_put_once_is_durable_for_whoever_finds_it()
    {
        var random = TestSeed.Next(output);
        for (var state = 0; state < States; state++)
        {
            var files = new CrashingFileSystem();
            DurableFile.PutOnce(files, Once, () => [1, 2, 3]);
            var next = new CrashingFileSystem(files.History[random.Next(files.History.Count)]);
            DurableFile.PutOnce(next, Once, () => [4]);
            var relied = DurableFile.Read(next, Once)!;
            Assert.Equal(relied, DurableFile.Read(new CrashingFileSystem(next.Current.AfterPowerLoss(random)), Once));
        }
    }

    [Fact]
    public void A_replaced_file_holds_the_old_bytes_or_the_new_ones()
    {
        var random = TestSeed.Next(output);
        for (var state = 0; state < States; state++)
        {
            var files = new CrashingFileSystem();
            DurableFile.Replace(files, Target, [1]);
            var first = files.History.Count - 1;
            var second = random.Bytes(3000);
            DurableFile.Replace(files, Target, second);
            var at = random.Next(first, files.History.Count);
            var left = DurableFile.Read(new CrashingFileSystem(files.History[at].AfterPowerLoss(random)), Target);
            Assert.NotNull(left);
            Assert.True(left.AsSpan().SequenceEqual(second) || (at < files.History.Count - 1 && left is [1]));
        }
    }

    [Fact]
    public void A_replacement_that_fails_leaves_nothing_behind()
    {
        var files = new CrashingFileSystem { Before = (operation, _) => Throw(operation == "append") };
        Assert.Throws<IOException>(() => DurableFile.Replace(files, Target, [1]));
        Assert.Empty(files.List(Path.GetDirectoryName(Target)!));
    }

    private static void Throw(bool now)
    {
        if (now)
        {
            throw new IOException("No space.");
        }
    }

    private static bool Put(CrashingFileSystem files, byte[] content) =>
        new DirectoryObjectStore(files, CrashingFileSystem.Root)
            .PutIfAbsentAsync("a/b/object", new MemoryStream(content), CancellationToken.None).GetAwaiter().GetResult();

    private static void AssertWholeOrAbsent(DiskState state, byte[] content, bool isThere)
    {
        var left = DurableFile.Read(new CrashingFileSystem(state), Target);
        Assert.True(left is not null || !isThere, "The object is lost.");
        Assert.True(left is null || left.AsSpan().SequenceEqual(content), "The object is torn, or somebody else's.");
    }
}
