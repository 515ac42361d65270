using Npgsql;
using Recount.Primitives;
using Recount.Server.Engines;

namespace Recount.EndToEndTests.Infrastructure;

/// <summary>The embedded database, looked into from outside.</summary>
internal static class StoredRows
{
    /// <summary>A connection as the role that owns the schema.</summary>
    public static async Task<NpgsqlConnection> OpenAsync(Installation installation)
    {
        var cluster = new PostgresCluster(new PosixFileSystem(), Path.Combine(installation.Data, "postgres"));
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder
        {
            Host = RuntimeDirectory.EngineDirectory(DataDirectory.RuntimeDirectoryOf(installation.Data)!),
            Port = 5432,
            Database = PostgresRoles.Database,
            Username = PostgresRoles.Owner,
            Password = cluster.Password(PostgresRoles.Owner),
            Pooling = false,
        }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>Every row of every table of the schema, as text.</summary>
    public static async Task<IReadOnlyList<string>> ReadAllAsync(Installation installation)
    {
        await using var connection = await OpenAsync(installation);
        var rows = new List<string>();
        foreach (var table in await ReadAsync(connection, "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables "
            + "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"))
        {
            rows.AddRange(await ReadAsync(connection, $"SELECT row_to_json(t)::text FROM {table} t"));
        }

        return rows;
    }

    private static async Task<IReadOnlyList<string>> ReadAsync(NpgsqlConnection connection, string query)
    {
        await using var command = new NpgsqlCommand(query, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }
}
