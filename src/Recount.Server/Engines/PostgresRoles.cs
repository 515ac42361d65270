using Dapper;
using Npgsql;
using Recount.Database;

namespace Recount.Server.Engines;

/// <summary>The two roles and the database of the embedded cluster.</summary>
internal static class PostgresRoles
{
    public const string Owner = "recount_owner";
    public const string Database = "recount";

    /// <summary>Makes what is missing; a start that was cut off in between is completed by the next.</summary>
    /// <param name="superuser">Connection string.</param>
    /// <param name="cluster">Knows the passwords.</param>
    /// <param name="token">Ends it.</param>
    public static async Task EnsureAsync(string superuser, PostgresCluster cluster, CancellationToken token)
    {
        var connection = new NpgsqlConnection(superuser);
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync(token).ConfigureAwait(false);

            // A statement that fails is written to the log, and these hold passwords.
            await RunAsync(connection, "SET log_min_error_statement = panic", token).ConfigureAwait(false);
            foreach (var role in new[] { Owner, Migrator.RuntimeRole })
            {
                if (!await ExistsAsync(connection, "pg_roles WHERE rolname", role, token).ConfigureAwait(false))
                {
                    // A role's password cannot be a parameter; this one is hexadecimal.
                    var create = $"CREATE ROLE {role} LOGIN PASSWORD '{cluster.Password(role)}'";
                    await RunAsync(connection, create, token).ConfigureAwait(false);
                }
            }

            if (!await ExistsAsync(connection, "pg_database WHERE datname", Database, token).ConfigureAwait(false))
            {
                await CreateDatabaseAsync(connection, Database, "template0", token).ConfigureAwait(false);
            }

            await AdmitAsync(connection, Database, token).ConfigureAwait(false);
        }
    }

    /// <summary>A database of the owner's, a copy of another one.</summary>
    public static Task CreateDatabaseAsync(
        NpgsqlConnection connection, string name, string template, CancellationToken token) =>
        RunAsync(connection, $"CREATE DATABASE {name} OWNER {Owner} TEMPLATE {template}", token);

    /// <summary>Only the two roles may connect to the database.</summary>
    public static async Task AdmitAsync(NpgsqlConnection connection, string name, CancellationToken token)
    {
        await RunAsync(connection, $"REVOKE ALL ON DATABASE {name} FROM PUBLIC", token).ConfigureAwait(false);
        await RunAsync(connection, $"GRANT CONNECT ON DATABASE {name} TO {Migrator.RuntimeRole}", token)
            .ConfigureAwait(false);
    }

    private static Task<bool> ExistsAsync(
        NpgsqlConnection connection, string where, string name, CancellationToken token) =>
        connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            $"SELECT EXISTS (SELECT FROM {where} = @name)", new { name }, cancellationToken: token));

    private static Task<int> RunAsync(NpgsqlConnection connection, string sql, CancellationToken token) =>
        connection.ExecuteAsync(new CommandDefinition(sql, cancellationToken: token));
}
