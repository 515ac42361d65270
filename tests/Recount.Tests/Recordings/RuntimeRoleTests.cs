using Dapper;
using Npgsql;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Recordings;

/// <summary>What is write-once is so by the rights of the role that the process connects as.</summary>
public sealed class RuntimeRoleTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    public static TheoryData<string> WriteOnceTables() =>
    [
        "session", "page", "part", "quarantine", "quarantine_resolution", "intake_object", "intake_release", "intake_audit",
        "intake_accepted", "intake_boot", "intake_session",
    ];

    [Theory]
    [MemberData(nameof(WriteOnceTables))]
    public async Task The_runtime_role_can_add_and_read_and_nothing_else(string table)
    {
        var db = await postgres.CreateDatabaseAsync();
        await using var connection = await db.OpenAsync(CancellationToken.None);
        var column = await connection.ExecuteScalarAsync<string>(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'recount' AND table_name = @table LIMIT 1",
            new { table });

        await connection.ExecuteAsync($"SELECT * FROM recount.{table}");
        Assert.True(await connection.ExecuteScalarAsync<bool>(
            "SELECT has_table_privilege('recount.' || @table, 'INSERT')", new { table }));
        foreach (var forbidden in new[]
        {
            $"UPDATE recount.{table} SET {column} = {column}",
            $"DELETE FROM recount.{table}",
            $"TRUNCATE recount.{table}",
            $"ALTER TABLE recount.{table} ADD COLUMN more integer",
            $"DROP TABLE recount.{table}",
            $"CREATE RULE rewrite AS ON INSERT TO recount.{table} DO INSTEAD NOTHING",
        })
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync(forbidden));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }
    }

    [Fact]
    public async Task The_runtime_role_owns_nothing_and_cannot_become_the_owner()
    {
        var db = await postgres.CreateDatabaseAsync();
        await using var connection = await db.OpenAsync(CancellationToken.None);

        Assert.Equal(0, await connection.ExecuteScalarAsync<long>(
            "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = current_user"));
        var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync("SET ROLE recount_owner"));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }
}
