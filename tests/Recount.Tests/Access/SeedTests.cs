using Microsoft.Extensions.Logging.Abstractions;
using Recount.Access;
using Recount.Primitives;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Access;

public sealed class SeedTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_new_installation_has_one_account_before_anybody_came()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        var access = await host.OperatorAsync();

        Assert.Equal("Default", await host.Service<AccountStore>().NameAsync(access, default));
        Assert.Equal(1, await host.QueryAsync<long>("SELECT count(*) FROM recount.account"));
        Assert.NotEqual(Guid.Empty, access.Account);
    }

    [Fact]
    public async Task A_database_that_was_lost_gets_its_accounts_apps_and_keys_back()
    {
        using var directory = new TemporaryDirectory();
        KeySnapshot lost;
        AccountAccess access;
        await using (var first = await postgres.CreateDatabaseAsync())
        await using (var before = await AccessHost.StartAsync(first, directory["data"]))
        {
            access = await before.OperatorAsync();
            var registry = before.Service<AppRegistry>();
            var app = await registry.CreateAsync(access, "Shop", ["https://shop.example"], default);
            await registry.RotateAsync(access, app!.App, TimeSpan.FromHours(24), default);
            var change = new AppChange(["https://shop.example"], true, true, 0.5, "inputs");
            await registry.ChangeAsync(access, app.App, change, default);
            lost = before.Service<KeySnapshotCache>().Current;
        }

        await using var db = await postgres.CreateDatabaseAsync();
        await using var after = await AccessHost.StartAsync(db, directory["data"]);
        await after.Service<KeySnapshotWorker>().WaitUntilPreparedAsync(default);

        Assert.Equal(access.Account, (await after.OperatorAsync()).Account);
        var restored = after.Service<KeySnapshotCache>().Current;
        Assert.True(restored.Version > lost.Version);
        Assert.Equal(
            lost.Keys.Values.OrderBy(key => key.Key).Select(Describe),
            restored.Keys.Values.OrderBy(key => key.Key).Select(Describe));
        var audit = await after.Service<AuditStore>().ListAsync(access, null, 10, default);
        Assert.Equal("account.restored", audit.Single().Action);
    }

    [Fact]
    public async Task A_database_that_has_an_account_takes_nothing_from_the_saved_keys()
    {
        await using var db = await postgres.CreateDatabaseAsync();
        await using (var host = await AccessHost.StartAsync(db, null))
        {
            await host.Service<KeySnapshotWorker>().WaitUntilPreparedAsync(default);
        }

        using var directory = new TemporaryDirectory();
        var foreign = KeySnapshotTests.Content(Guid.NewGuid(), 50);
        Save(directory, foreign);

        await using var other = await AccessHost.StartAsync(db, directory["data"]);
        await other.Service<KeySnapshotWorker>().WaitUntilPreparedAsync(default);

        Assert.Equal(1, await other.QueryAsync<long>("SELECT count(*) FROM recount.account"));
        Assert.Equal(0, await other.QueryAsync<long>("SELECT count(*) FROM recount.app"));
        Assert.Empty(other.Service<KeySnapshotCache>().Current.Keys);
        var kept = Path.Combine(other.Root, "capture", $"keys.{foreign.Database:N}.50.json");
        Assert.Contains(foreign.Keys[0].Key, await File.ReadAllTextAsync(kept));
    }

    [Fact]
    public async Task Processes_that_start_at_once_on_a_new_database_make_one_account()
    {
        await using var db = await postgres.CreateDatabaseAsync();
        var content = KeySnapshotTests.Content(Guid.NewGuid(), 3);
        var store = new KeySnapshotStore(db, TimeProvider.System);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(process => process % 2 == 0
            ? store.SeedFromSnapshotAsync(content, default)
            : store.EnsureDefaultAccountAsync(default)));

        Assert.Single(outcomes, outcome => outcome);
    }

    private static string Describe(CaptureKey key) =>
        $"{key.Key} {key.Account} {key.App} {key.Paused} {key.RetiresAt:O} {string.Join(',', key.Origins)} {key.Settings}";

    private static void Save(TemporaryDirectory directory, KeySnapshotContent content)
    {
        var files = new PosixFileSystem();
        using var data = DataDirectory.Open(files, directory["data"]);
        new KeySnapshotFile(files, data, NullLogger<KeySnapshotFile>.Instance).Save(content);
    }
}
