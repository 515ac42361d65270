using Dapper;
using Npgsql;
using Recount.Database;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Database;

public sealed class MigratorTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly Migration First = Migration.Of("0001_one.sql", "CREATE TABLE recount.one (id int)");
    private static readonly Migration Second = Migration.Of("0002_two.sql", "CREATE TABLE recount.two (id int)");

    [Fact]
    public async Task Migrations_are_applied_once_and_in_order()
    {
        var owner = (await postgres.CreateEmptyAsync()).Owner;

        Assert.Equal(1, await MigrateAsync(owner, First));
        Assert.Equal(1, await MigrateAsync(owner, First, Second));
        Assert.Equal(0, await MigrateAsync(owner, First, Second));

        await using var connection = new NpgsqlConnection(owner);
        Assert.Equal([1, 2], await connection.QueryAsync<int>("SELECT number FROM recount.migration ORDER BY number"));
    }

    [Fact]
    public async Task A_migration_this_build_does_not_know_is_refused()
    {
        var owner = (await postgres.CreateEmptyAsync()).Owner;
        await MigrateAsync(owner, First, Second);

        var refused = await Assert.ThrowsAsync<DatabaseRefusedException>(() => MigrateAsync(owner, First));

        Assert.Contains("0002 (two)", refused.Message);
    }

    [Fact]
    public async Task A_migration_that_changed_after_it_was_applied_is_refused()
    {
        var owner = (await postgres.CreateEmptyAsync()).Owner;
        await MigrateAsync(owner, First);
        var changed = Migration.Of("0001_one.sql", First.Sql + " ");

        var refused = await Assert.ThrowsAsync<DatabaseRefusedException>(() => MigrateAsync(owner, changed, Second));

        Assert.Contains(First.Sha256, refused.Message);
        await using var connection = new NpgsqlConnection(owner);
        Assert.Equal(1, await connection.ExecuteScalarAsync<int>("SELECT count(*)::int FROM recount.migration"));
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_nothing_behind()
    {
        var owner = (await postgres.CreateEmptyAsync()).Owner;
        var failing = Migration.Of("0002_two.sql", "CREATE TABLE recount.two (id int); SELECT 1 / 0");

        await Assert.ThrowsAsync<PostgresException>(() => MigrateAsync(owner, First, failing));

        Assert.Equal(1, await MigrateAsync(owner, First, Second));
    }

    [Fact]
    public async Task Processes_that_migrate_at_once_apply_each_migration_once()
    {
        var owner = (await postgres.CreateEmptyAsync()).Owner;

        var applied = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => MigrateAsync(owner, First, Second)));

        Assert.Equal(2, applied.Sum());
    }

    [Theory]
    [InlineData("1_short.sql")]
    [InlineData("00001_long.sql")]
    [InlineData("0001.sql")]
    [InlineData("abcd_effect.sql")]
    public void A_file_that_is_not_named_by_number_and_effect_is_an_error(string file) =>
        Assert.Throws<InvalidOperationException>(() => Migration.Of(file, ""));

    private static Task<int> MigrateAsync(string owner, params Migration[] migrations) =>
        new Migrator(TimeProvider.System, migrations).MigrateAsync(owner, CancellationToken.None);
}
