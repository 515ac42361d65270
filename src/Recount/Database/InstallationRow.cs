using Dapper;
using Npgsql;

namespace Recount.Database;

/// <summary>
/// The row that says whose the database is. A data directory beside a database of another installation would mix two
/// archives, and what one has acknowledged would look to the other as if it had disappeared.
/// </summary>
internal static class InstallationRow
{
    private const string Insert = """
        -- The first process that comes to a new database says whose it is; all later ones find that row.
        INSERT INTO recount.installation (id, created_at, signing_key_id, public_key)
        VALUES (@Installation, @at, @SigningKeyId, @PublicKey)
        ON CONFLICT DO NOTHING
        """;

    private const string Select = "SELECT id, signing_key_id FROM recount.installation";

    /// <exception cref="DatabaseRefusedException">The database belongs to another installation.</exception>
    public static async Task RequireAsync(
        NpgsqlDataSource pool, DataOwner owner, DateTimeOffset at, CancellationToken token)
    {
        var connection = await pool.OpenConnectionAsync(token).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            await connection.ExecuteAsync(new CommandDefinition(
                Insert,
                new { owner.Installation, at, owner.SigningKeyId, owner.PublicKey },
                cancellationToken: token)).ConfigureAwait(false);
            var (id, key) = await connection
                .QuerySingleAsync<(Guid, byte[])>(new CommandDefinition(Select, cancellationToken: token))
                .ConfigureAwait(false);
            Compare(owner, id, key);
        }
    }

    private static void Compare(DataOwner owner, Guid id, byte[] signingKeyId)
    {
        if (id != owner.Installation)
        {
            throw new DatabaseRefusedException(
                $"The database belongs to installation {id}, the data directory to {owner.Installation}. Name the data "
                + "directory of that installation with --data, or give this one a database of its own: on a new, empty "
                + "one 'recount doctor --rebuild' restores what the data directory holds.");
        }

        if (!signingKeyId.AsSpan().SequenceEqual(owner.SigningKeyId))
        {
            throw new DatabaseRefusedException(
                $"The database knows the installation by the signing key {Convert.ToHexStringLower(signingKeyId)}, and "
                + $"keys/signing.key.pem is {Convert.ToHexStringLower(owner.SigningKeyId)}. Put the directory keys/ back "
                + "from a backup; if it is lost for good, begin with a new, empty database and 'recount doctor --rebuild'.");
        }
    }
}
