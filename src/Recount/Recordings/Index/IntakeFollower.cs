using System.Runtime.CompilerServices;
using Dapper;
using Microsoft.Extensions.Logging;
using Recount.Capture.Intake;
using Recount.Database;
using Recount.Primitives;

namespace Recount.Recordings.Index;

/// <summary>
/// Finds closed intake objects that nobody took. Numbers have no holes, so the next object of a boot is found by asking
/// for it by name; every now and then all boots are listed, which finds what stands behind a hole.
/// </summary>
public sealed partial class IntakeFollower(Db db, IntakeReader intake, ILogger<IntakeFollower> log)
{
    private readonly Dictionary<(Guid Node, Guid Boot), long> next = [];

    /// <summary>Forgets what was seen, so that each boot is looked at from its first object that is not indexed.</summary>
    public Task ReconcileAsync(CancellationToken token)
    {
        next.Clear();
        return DiscoverAsync(token);
    }

    /// <summary>Objects right behind what is indexed, those of new boots included.</summary>
    public async IAsyncEnumerable<IntakeObject> NextAsync([EnumeratorCancellation] CancellationToken token)
    {
        await DiscoverAsync(token);
        foreach (var (node, boot) in next.Keys.ToArray())
        {
            var n = next[(node, boot)];
            while (await TryReadAsync(new IntakeKey(node, boot, n), token) is { Footer: not null } found)
            {
                yield return found;
                next[(node, boot)] = ++n;
            }
        }
    }

    /// <summary>All closed objects that are not indexed, wherever they stand.</summary>
    public async IAsyncEnumerable<IntakeObject> UnindexedAsync([EnumeratorCancellation] CancellationToken token)
    {
        foreach (var ((node, boot), from) in next.ToArray())
        {
            HashSet<long> indexed;
            await using (var connection = await db.OpenAsync(token))
            {
                indexed = (await connection.QueryAsync<long>(new CommandDefinition(
                    "SELECT n FROM recount.intake_object WHERE node = @node AND boot = @boot AND n >= @from",
                    new { node, boot, from },
                    cancellationToken: token))).ToHashSet();
            }

            await foreach (var key in intake.ListAsync(node, boot, from, token))
            {
                if (!indexed.Contains(key.N) && await TryReadAsync(key, token) is { Footer: not null } found)
                {
                    yield return found;
                }
            }
        }
    }

    /// <summary>An object that the medium does not give holds nobody else; the next reconciliation asks for it again.</summary>
    private async Task<IntakeObject?> TryReadAsync(IntakeKey key, CancellationToken token)
    {
        try
        {
            return await intake.LooksClosedAsync(key, token) ? await intake.ReadAsync(key, ReadFrom.Cache, token) : null;
        }
        catch (IOException failure)
        {
            LogUnreadable(failure, key);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Error, "Intake object {Key} cannot be read; it is tried again.")]
    private partial void LogUnreadable(Exception failure, IntakeKey key);

    private async Task DiscoverAsync(CancellationToken token)
    {
        var unknown = (await intake.BootsAsync(token)).Where(boot => !next.ContainsKey(boot)).ToList();
        if (unknown.Count == 0)
        {
            return;
        }

        await using var connection = await db.OpenAsync(token);
        foreach (var (node, boot) in unknown)
        {
            next[(node, boot)] = await FirstUnindexedAsync(connection, node, boot, token);
        }
    }

    private static Task<long> FirstUnindexedAsync(
        Npgsql.NpgsqlConnection connection, Guid node, Guid boot, CancellationToken token) =>
        connection.ExecuteScalarAsync<long>(new CommandDefinition(
            """
            -- The first number that is missing: 0, or the end of the first unbroken run.
            SELECT coalesce(
              (SELECT 0 WHERE NOT EXISTS (
                SELECT FROM recount.intake_object WHERE node = @node AND boot = @boot AND n = 0)),
              (SELECT n + 1 FROM recount.intake_object o
               WHERE node = @node AND boot = @boot AND NOT EXISTS (
                 SELECT FROM recount.intake_object f WHERE f.node = @node AND f.boot = @boot AND f.n = o.n + 1)
               ORDER BY n LIMIT 1))
            """,
            new { node, boot },
            cancellationToken: token));
}
