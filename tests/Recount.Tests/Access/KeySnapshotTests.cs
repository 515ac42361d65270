using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Recount.Access;
using Recount.Primitives;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Access;

public sealed class KeySnapshotTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly (string, string) NoPolling = ("Access:KeyPollInterval", "00:01:00");

    [Fact]
    public void A_snapshot_is_current_as_long_as_the_database_confirmed_it_lately()
    {
        var clock = new SetClock();
        var cache = new KeySnapshotCache(Options.Create(new AccessOptions()), clock);
        Assert.False(cache.IsCurrent);

        cache.Restore(Content(Guid.NewGuid(), 7).ToSnapshot());
        Assert.False(cache.IsCurrent);

        cache.Confirm(Content(Guid.NewGuid(), 7).ToSnapshot(), clock.GetTimestamp());
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(cache.IsCurrent);

        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(cache.IsCurrent);
    }

    [Fact]
    public void An_answer_counts_from_when_it_was_asked_for()
    {
        var clock = new SetClock();
        var cache = new KeySnapshotCache(Options.Create(new AccessOptions()), clock);
        var asked = clock.GetTimestamp();
        clock.Advance(TimeSpan.FromSeconds(6));

        cache.Confirm(Content(Guid.NewGuid(), 1).ToSnapshot(), asked);

        Assert.False(cache.IsCurrent);
    }

    [Fact]
    public async Task A_restored_snapshot_of_that_version_does_not_end_the_wait_for_it()
    {
        var cache = new KeySnapshotCache(Options.Create(new AccessOptions()), TimeProvider.System);
        cache.Restore(Content(Guid.NewGuid(), 9).ToSnapshot());
        var wait = cache.WaitForVersionAsync(5, CancellationToken.None);
        Assert.False(wait.IsCompleted);

        cache.Confirm(Content(Guid.NewGuid(), 4).ToSnapshot(), 0);
        Assert.False(wait.IsCompleted);
        cache.Confirm(Content(Guid.NewGuid(), 5).ToSnapshot(), 0);

        await wait.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_key_is_in_the_snapshot_when_creating_it_returns_without_waiting_for_a_poll()
    {
        await using var host = await AccessHost.StartAsync(postgres, null, NoPolling);
        var cache = host.Service<KeySnapshotCache>();
        var access = await host.OperatorAsync();

        var created = await host.Service<AppRegistry>().CreateAsync(access, "Shop", ["https://a.example"], default);

        Assert.True(cache.Current.TryGet(created!.Key!, out var key));
        Assert.Equal((access.Account, created.App), (key.Account, key.App));
        Assert.Equal(["https://a.example"], key.Origins.ToArray());
        Assert.Equal(AppSettings.Default, key.Settings);
        Assert.False(key.Paused);
        Assert.Null(key.RetiresAt);
        Assert.True(cache.IsCurrent);
    }

    [Fact]
    public async Task A_rotated_key_stays_known_with_the_time_it_retires()
    {
        var clock = new SetClock();
        await using var host = await AccessHost.StartAsync(postgres, clock);
        var registry = host.Service<AppRegistry>();
        var access = await host.OperatorAsync();
        var first = await registry.CreateAsync(access, "Shop", [], default);

        var second = await registry.RotateAsync(access, first!.App, TimeSpan.FromHours(24), default);
        clock.Advance(TimeSpan.FromHours(1));
        var third = await registry.RotateAsync(access, first.App, TimeSpan.Zero, default);

        var keys = host.Service<KeySnapshotCache>().Current.Keys;
        Assert.Equal(3, keys.Count);
        Assert.Null(keys[third!.Key!].RetiresAt);

        // The first one's overlap was the longer; a key that leaked is retired with all before it.
        Assert.Equal(clock.GetUtcNow(), keys[second!.Key!].RetiresAt);
        Assert.Equal(clock.GetUtcNow(), keys[first.Key!].RetiresAt);
    }

    [Fact]
    public async Task A_later_rotation_never_gives_an_older_key_more_time()
    {
        var clock = new SetClock();
        await using var host = await AccessHost.StartAsync(postgres, clock);
        var registry = host.Service<AppRegistry>();
        var access = await host.OperatorAsync();
        var first = await registry.CreateAsync(access, "Shop", [], default);
        await registry.RotateAsync(access, first!.App, TimeSpan.FromHours(1), default);
        var retires = clock.GetUtcNow() + TimeSpan.FromHours(1);

        await registry.RotateAsync(access, first.App, TimeSpan.FromHours(48), default);

        Assert.Equal(retires, host.Service<KeySnapshotCache>().Current.Keys[first.Key!].RetiresAt);
    }

    [Fact]
    public async Task Changed_settings_and_screening_reach_the_snapshot()
    {
        await using var host = await AccessHost.StartAsync(postgres, null, NoPolling);
        var registry = host.Service<AppRegistry>();
        var cache = host.Service<KeySnapshotCache>();
        var access = await host.OperatorAsync();
        var created = await registry.CreateAsync(access, "Shop", [], default);

        await registry.ChangeAsync(
            access, created!.App, new AppChange(["https://b.example"], true, false, 0.25, "inputs"), default);

        var key = cache.Current.Keys[created.Key!];
        Assert.True(key.Paused);
        Assert.Equal(AppSettings.Default with { Recording = false, Sample = 0.25, Privacy = "inputs" }, key.Settings);
        Assert.Equal(["https://b.example"], key.Origins.ToArray());

        await host.ExecuteAsync(
            "INSERT INTO recount.capture_screening (account, since) VALUES (@Account, @since)",
            new { access.Account, since = DateTimeOffset.UnixEpoch });
        await Until.TrueAsync(() => cache.Current.Keys[created.Key!].Screened, "the key is screened");
        await host.ExecuteAsync("DELETE FROM recount.capture_screening", new { });
        await Until.TrueAsync(() => !cache.Current.Keys[created.Key!].Screened, "the key is screened no more");
    }

    [Fact]
    public async Task Keys_are_known_after_a_restart_without_a_database_and_an_absent_one_is_not_called_unknown()
    {
        using var directory = new TemporaryDirectory();
        string key;
        await using (var db = await postgres.CreateDatabaseAsync())
        await using (var before = await AccessHost.StartAsync(db, directory["data"]))
        {
            var access = await before.OperatorAsync();
            key = (await before.Service<AppRegistry>().CreateAsync(access, "Shop", [], default))!.Key!;
        }

        await using var after = await AccessHost.StartAsync(new Recount.Database.Db(), directory["data"]);

        var cache = after.Service<KeySnapshotCache>();
        Assert.True(cache.Current.TryGet(key, out _));
        Assert.False(cache.Current.TryGet(Secrets.NewCaptureKey(), out _));
        Assert.False(cache.IsCurrent);
    }

    [Fact]
    public async Task Keys_stay_known_while_the_database_is_stopped_and_are_current_again_after_it()
    {
        using var directory = new TemporaryDirectory();
        var clock = new SetClock();
        await using var db = new Recount.Database.Db();
        await using var host = await AccessHost.StartAsync(db, null, clock);
        var cache = host.Service<KeySnapshotCache>();
        string key;
        await using (var server = await PostgresServer.StartAsync(directory["postgres"]))
        {
            var connections = await server.CreateDatabaseAsync("keys", "template0");
            await new Recount.Database.Migrator(TimeProvider.System, Recount.Database.Migration.All)
                .MigrateAsync(connections.Owner, default);
            db.Use(NpgsqlDataSource.Create(connections.Runtime));
            var access = await host.OperatorAsync();
            key = (await host.Service<AppRegistry>().CreateAsync(access, "Shop", [], default))!.Key!;
            Assert.True(cache.IsCurrent);
        }

        clock.Advance(TimeSpan.FromSeconds(6));
        Assert.True(cache.Current.TryGet(key, out _));
        Assert.False(cache.IsCurrent);

        await using var again = await PostgresServer.StartAsync(directory["postgres"]);
        var runtime = (await again.Engine.WaitUntilStartedAsync(default)).Runtime;
        db.Use(NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(runtime) { Database = "keys" }.ConnectionString));
        await Until.TrueAsync(
            () => cache.IsCurrent && cache.Current.TryGet(key, out _), "the keys are current again");
    }

    [Fact]
    public void A_saved_snapshot_is_read_back_as_it_was()
    {
        using var directory = new TemporaryDirectory();
        var saved = Content(Guid.NewGuid(), 3) with { Screened = [Guid.NewGuid()] };
        Open(directory).Save(saved);

        var read = Open(directory).Load()!;

        Assert.Equal((saved.Database, saved.Version), (read.Database, read.Version));
        Assert.Equal(saved.Accounts.ToArray(), read.Accounts.ToArray());
        Assert.Equal(saved.Apps.Select(app => app.Name), read.Apps.Select(app => app.Name));
        Assert.Equal(saved.Apps[0].Origins.ToArray(), read.Apps[0].Origins.ToArray());
        Assert.Equal(saved.Apps[0].Settings, read.Apps[0].Settings);
        Assert.Equal(saved.Keys.ToArray(), read.Keys.ToArray());
        Assert.Equal(saved.Screened.ToArray(), read.Screened.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{\"format\":1}")]
    [InlineData("{\"format\":2,\"database\":\"7d1f8d8a-3f9e-4b60-9d0a-1d0a3a1a0001\",\"version\":1,\"accounts\":[],\"apps\":[],\"keys\":[],\"screened\":[]}")]
    public void What_cannot_be_read_is_kept_and_treated_as_nothing(string content)
    {
        using var directory = new TemporaryDirectory();
        var file = Open(directory);
        Directory.CreateDirectory(Path.Combine(directory["data"], "capture"));
        File.WriteAllText(Saved(directory, "keys.json"), content);

        Assert.Null(file.Load());
        file.Save(Content(Guid.NewGuid(), 1));

        Assert.Equal(content, File.ReadAllText(Saved(directory, "keys.damaged.json")));
        Assert.NotNull(file.Load());
    }

    [Fact]
    public void What_another_database_counted_is_kept_beside()
    {
        using var directory = new TemporaryDirectory();
        var file = Open(directory);
        var lost = Content(Guid.NewGuid(), 8);
        file.Save(lost);

        file.Save(Content(Guid.NewGuid(), 2) with { Apps = [], Keys = [] });

        var kept = File.ReadAllText(Saved(directory, $"keys.{lost.Database:N}.8.json"));
        Assert.Contains(lost.Keys[0].Key, kept);
    }

    [Fact]
    public void What_the_same_database_counted_before_it_was_set_back_is_kept_beside()
    {
        using var directory = new TemporaryDirectory();
        var file = Open(directory);
        var later = Content(Guid.NewGuid(), 8);
        file.Save(later);

        file.Save(Content(later.Database, 2));

        Assert.True(File.Exists(Saved(directory, $"keys.{later.Database:N}.8.json")));
    }

    internal static KeySnapshotContent Content(Guid database, long version)
    {
        var (account, app) = (Guid.NewGuid(), Guid.NewGuid());
        var at = new DateTimeOffset(2029, 5, 6, 7, 8, 9, TimeSpan.Zero);
        return new KeySnapshotContent
        {
            Database = database,
            Version = version,
            Accounts = [new AccountRow(account, "Default", at)],
            Apps = [new AppRow(account, app, "Shop", ["https://shop.example"], true, AppSettings.Default with { Sample = 0.5, Privacy = "open" }, at)],
            Keys = [new CaptureKeyRow(Secrets.NewCaptureKey(), account, app, at, at.AddDays(1))],
            Screened = [],
        };
    }

    private static string Saved(TemporaryDirectory directory, string name) =>
        Path.Combine(directory["data"], "capture", name);

    private static KeySnapshotFile Open(TemporaryDirectory directory)
    {
        var files = new PosixFileSystem();
        using var data = DataDirectory.Open(files, directory["data"]);
        return new KeySnapshotFile(files, data, NullLogger<KeySnapshotFile>.Instance);
    }
}
