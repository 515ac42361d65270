using Dapper;
using Npgsql;

namespace Recount.Database;

/// <summary>
/// The role of the running process. What is write-once is kept so by its missing rights, so a process that was given the
/// owner's connection string twice would lose that protection without anything else looking different.
/// </summary>
internal static class RuntimeRole
{
    /// <exception cref="DatabaseRefusedException">The role may do too much, or too little.</exception>
    public static async Task RequireAsync(NpgsqlDataSource pool, CancellationToken token)
    {
        var connection = await pool.OpenConnectionAsync(token).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            const string sql = """
                SELECT current_user::text AS name,
                       rolsuper OR pg_has_role(current_user, nspowner, 'MEMBER') AS too_much,
                       pg_has_role(current_user, @Role, 'USAGE') AS enough
                FROM pg_roles, pg_namespace
                WHERE rolname = current_user AND nspname = 'recount'
                """;
            var (name, tooMuch, enough) = await connection.QuerySingleAsync<(string, bool, bool)>(
                new CommandDefinition(sql, new { Role = Migrator.RuntimeRole }, cancellationToken: token))
                .ConfigureAwait(false);
            if (tooMuch)
            {
                throw new DatabaseRefusedException(
                    $"Database:ConnectionString connects as '{name}', which owns the schema or is a superuser. Give the "
                    + $"running process a role of its own: {Migrator.RuntimeRole} or a member of it.");
            }

            if (!enough)
            {
                throw new DatabaseRefusedException(
                    $"Database:ConnectionString connects as '{name}', which is not a member of {Migrator.RuntimeRole}: "
                    + $"GRANT {Migrator.RuntimeRole} TO \"{name}\".");
            }
        }
    }
}
