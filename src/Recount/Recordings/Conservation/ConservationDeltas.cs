using Npgsql;
using Recount.Capture.Intake;

namespace Recount.Recordings.Conservation;

/// <summary>Where an accepted chunk went.</summary>
public enum Destination
{
    Archived,
    Duplicate,
    Quarantined,
    Erased,
}

/// <summary>
/// Counts where chunks went, per account and hour of reception, inside one transaction. It inserts and never updates: a
/// counter row that every transaction updates would let only one of them commit at a time.
/// </summary>
public sealed class ConservationDeltas
{
    private const string Insert = """
        INSERT INTO recount.conservation_delta (account, hour, archived, duplicate, quarantined, erased)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6)
        """;

    private readonly Dictionary<(Guid Account, DateTimeOffset Hour), long[]> counts = [];

    public void Add(Guid account, long receivedAtMicros, Destination destination, long chunks = 1)
    {
        var key = (account, NodeClock.HourOf(receivedAtMicros));
        if (!counts.TryGetValue(key, out var row))
        {
            counts[key] = row = new long[Enum.GetValues<Destination>().Length];
        }

        row[(int)destination] += chunks;
    }

    public async Task InsertAsync(NpgsqlConnection connection, CancellationToken token)
    {
        var rows = counts.Where(count => count.Value.Any(number => number != 0)).ToArray();
        if (rows.Length == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand(Insert, connection);
        command.Parameters.Add(new() { Value = Array.ConvertAll(rows, row => row.Key.Account) });
        command.Parameters.Add(new() { Value = Array.ConvertAll(rows, row => row.Key.Hour) });
        foreach (var destination in Enum.GetValues<Destination>())
        {
            command.Parameters.Add(new() { Value = Array.ConvertAll(rows, row => row.Value[(int)destination]) });
        }

        await command.ExecuteNonQueryAsync(token).ConfigureAwait(false);
    }
}
