using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Recount.Capture.Intake;
using Recount.ObjectStore.Directory;
using Recount.Primitives;
using Recount.Recordings;
using Recount.Recordings.Conservation;
using Recount.Recordings.Release;
using Recount.Tests.Infrastructure;
using Xunit.Abstractions;

namespace Recount.Tests.Recordings.Release;

/// <summary>What is left of a boot goes when nothing can need it any more, and not a moment before.</summary>
public sealed class BootCleanerTests(PostgresFixture postgres, ITestOutputHelper output) : IClassFixture<PostgresFixture>
{
    private static readonly TimeSpan Grace = new RecordingsOptions().ReleaseGrace;

    [Fact]
    public async Task A_boot_whose_every_object_is_released_goes_after_the_grace_and_what_it_had_stays_known()
    {
        var clock = new TestClock();
        using var archive = await Archive.CreateAsync(postgres, clock);
        var archiver = archive.NewArchiver();
        var page = archive.NewPage();
        var key = await archive.IndexAsync(archiver, page);
        await archive.PutAsync(key.ClosePath + ".0123.new", [1]);
        await archive.PutAsync(IntakeKey.EndedPath(key.Node, key.Boot), "1"u8.ToArray());
        await archiver.Boots.AuditAsync(CancellationToken.None);
        await archiver.SealAsync(page);
        await ReleaseAfterAsync(archiver, clock, Grace);
        Assert.Equal([IntakeKey.EndedPath(key.Node, key.Boot)], archive.Keys("intake"));

        await ReleaseAfterAsync(archiver, clock, Grace - TimeSpan.FromMilliseconds(1));
        Assert.Equal([IntakeKey.EndedPath(key.Node, key.Boot)], archive.Keys("intake"));
        await ReleaseAfterAsync(archiver, clock, TimeSpan.FromMilliseconds(1));

        Assert.False(Directory.Exists(archive.PathOf(IntakeKey.BootPrefix(key.Node, key.Boot))));
        Assert.Empty(await archiver.Findings.FindAsync(CancellationToken.None));
        await archive.ExpectAsync(archived: 1);
    }

    [Theory]
    [InlineData("open")]
    [InlineData("unsealed")]
    [InlineData("missing")]
    [InlineData("unknown")]
    public async Task A_boot_that_something_still_needs_stays(string why)
    {
        var clock = new TestClock();
        using var archive = await Archive.CreateAsync(postgres, clock);
        var archiver = archive.NewArchiver();
        var key = await PrepareAsync(archive, archiver, why);

        for (var day = 0; day < 4; day++)
        {
            await ReleaseAfterAsync(archiver, clock, Grace);
        }

        Assert.True(Directory.Exists(archive.PathOf(IntakeKey.BootPrefix(key.Node, key.Boot))));
        Assert.Equal(why != "open", File.Exists(archive.PathOf(IntakeKey.EndedPath(key.Node, key.Boot))));
        Assert.Equal(why == "unsealed", File.Exists(archive.PathOf(key.Path)));
    }

    [Fact]
    public async Task Files_of_a_live_boot_that_are_being_made_stay()
    {
        var clock = new TestClock();
        using var archive = await Archive.CreateAsync(postgres, clock);
        var archiver = archive.NewArchiver();
        var temporary = new IntakeKey(archive.Node, archive.Boot, 3).ClosePath + ".0123.new";
        await archive.PutAsync(temporary, [1]);
        await archiver.Boots.AuditAsync(CancellationToken.None);
        clock.Advance(Grace * 2);

        await archiver.Releases.ReleaseDueAsync(CancellationToken.None);

        Assert.Equal([temporary], archive.Keys("intake"));
    }

    [Fact]
    public async Task Whatever_a_crash_leaves_of_the_cleaning_is_cleaned_after_it_and_nothing_else_is()
    {
        var random = TestSeed.Next(output);
        var clock = new TestClock();
        using var archive = await Archive.CreateAsync(postgres, clock);
        var (released, empty, needed, live) = (Key(archive.Node), Key(archive.Node), Key(archive.Node), Key(Guid.NewGuid()));
        await archive.TamperAsync(
            "INSERT INTO recount.intake_release VALUES (@Node, @Boot, 0, '2020-01-01')", new { released.Node, released.Boot });
        var files = Leftovers(released, empty, needed, live);
        await CleanAsync(archive, clock, files);

        foreach (var state in files.History.SelectMany(state => new[] { state, state.AfterPowerLoss(random) }))
        {
            var after = new CrashingFileSystem(state);
            await CleanAsync(archive, clock, after);
            Assert.False(Exists(after, IntakeKey.BootPrefix(released.Node, released.Boot)));
            Assert.False(Exists(after, IntakeKey.BootPrefix(empty.Node, empty.Boot)));
            Assert.All(
                new[] { needed.Path, needed.ClosePath, IntakeKey.EndedPath(needed.Node, needed.Boot), live.ClosePath + ".0123.new" }
                    .Where(key => Exists(state, key)),
                key => Assert.True(Exists(after.Current, key), key));
        }
    }

    private static async Task<IntakeKey> PrepareAsync(Archive archive, Archiver archiver, string why)
    {
        var page = archive.NewPage();
        var key = await archive.IndexAsync(archiver, page);
        if (why != "open")
        {
            await archive.PutAsync(
                IntakeKey.EndedPath(key.Node, key.Boot), why == "missing" ? "2"u8.ToArray() : "1"u8.ToArray());
        }

        if (why != "unknown")
        {
            await archiver.Boots.AuditAsync(CancellationToken.None);
        }

        if (why != "unsealed")
        {
            await archiver.SealAsync(page);
        }

        return key;
    }

    private static Task ReleaseAfterAsync(Archiver archiver, TestClock clock, TimeSpan time)
    {
        clock.Advance(time);
        return archiver.Releases.ReleaseDueAsync(CancellationToken.None);
    }

    private static CrashingFileSystem Leftovers(IntakeKey released, IntakeKey empty, IntakeKey needed, IntakeKey live)
    {
        var files = new CrashingFileSystem();
        Put(files, IntakeKey.EndedPath(released.Node, released.Boot), "1");
        Put(files, released.ClosePath + ".0123.new", "half");
        files.CreateDirectory(Path.Combine(CrashingFileSystem.Root, IntakeKey.BootPrefix(empty.Node, empty.Boot)));
        Put(files, needed.Path, "");
        Put(files, needed.ClosePath, "");
        Put(files, IntakeKey.EndedPath(needed.Node, needed.Boot), "1");
        Put(files, live.ClosePath + ".0123.new", "half");
        return files;
    }

    /// <summary>A start of the node, and after the grace a round of the archive.</summary>
    private static async Task CleanAsync(Archive archive, TestClock clock, CrashingFileSystem files)
    {
        new IntakeRecovery(files, CrashingFileSystem.Root, archive.Node, NullLogger<IntakeRecovery>.Instance).Run();
        var objects = new DirectoryObjectStore(files, CrashingFileSystem.Root);
        var (intake, boots) = (new IntakeReader(objects), new IntakeBootStore(archive.Db));
        await new BootAuditor(intake, boots, clock).AuditAsync(CancellationToken.None);
        clock.Advance(Grace);
        var cleaner = new BootCleaner(
            intake, objects, boots, Options.Create(new RecordingsOptions()), clock, NullLogger<BootCleaner>.Instance);
        foreach (var (node, boot) in await intake.BootsAsync(CancellationToken.None))
        {
            await cleaner.CleanAsync(node, boot, CancellationToken.None);
        }
    }

    private static IntakeKey Key(Guid node) => new(node, Guid.NewGuid(), 0);

    private static void Put(CrashingFileSystem files, string key, string text)
    {
        var path = Path.Combine(CrashingFileSystem.Root, key);
        DurableFile.PutIfAbsent(
            files, path, Path.Combine(CrashingFileSystem.Root, Guid.NewGuid().ToString("N")),
            file => file.Append(System.Text.Encoding.UTF8.GetBytes(text)));
    }

    private static bool Exists(CrashingFileSystem files, string key) => Exists(files.Current, key);

    private static bool Exists(DiskState state, string key) =>
        state.Names.ContainsKey(Path.TrimEndingDirectorySeparator(Path.Combine(CrashingFileSystem.Root, key)));
}
