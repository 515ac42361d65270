using Npgsql;
using Recount.Capture.Intake;
using Recount.Recordings.Index;
using Recount.Wire;
using Recount.Wire.Segments;

namespace Recount.Recordings.Seal;

/// <summary>A part that was proven: its object was read back and every hash compared.</summary>
public sealed record ProvenPart
{
    public required SegmentFooter Footer { get; init; }

    /// <summary>The footer as it is stored.</summary>
    public required byte[] FooterBytes { get; init; }

    public required Hash256 Root { get; init; }

    /// <summary>Bytes of the object.</summary>
    public required long StoredBytes { get; init; }

    /// <summary>Root of its event part.</summary>
    public required Hash256 EventsRoot { get; init; }

    /// <summary>Bytes of the event part's object.</summary>
    public required long EventsStoredBytes { get; init; }

    public PageId Page => new(Footer.Account, Footer.Session, Footer.Page);
}

/// <summary>Rows of proven parts; insert-only.</summary>
public static class PartStore
{
    private const string Insert = """
        -- Whoever is second finds the row there: the object under the key is the part, whoever wrote it.
        INSERT INTO recount.part
          (account, session, page, part, root, footer, stored_bytes, received_bytes, events_root, events_stored_bytes, sealed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT DO NOTHING
        """;

    private const string Columns = "footer, root, stored_bytes, events_root, events_stored_bytes";

    private const string OfPage = $"""
        SELECT {Columns} FROM recount.part
        WHERE account = $1 AND session = $2 AND page = $3
        ORDER BY part
        """;

    private const string OfSession = $"""
        SELECT {Columns} FROM recount.part
        WHERE account = $1 AND session = $2
        ORDER BY page, part
        """;

    private const string OfPages = $"""
        SELECT {Columns} FROM recount.part
        WHERE (account, session, page) IN (SELECT * FROM unnest($1, $2, $3))
        ORDER BY account, session, page, part
        """;

    /// <summary>Lets one transaction at a time write parts of the page, until it ends.</summary>
    public static async Task LockPageAsync(NpgsqlConnection connection, PageId page, CancellationToken token)
    {
        const string lockPage = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
        await using var command = new NpgsqlCommand(lockPage, connection)
        {
            Parameters = { new() { Value = $"part {page.Account} {page.Session} {page.Page}" } },
        };
        await command.ExecuteNonQueryAsync(token).ConfigureAwait(false);
    }

    /// <returns>False when the part's row was there.</returns>
    public static async Task<bool> InsertAsync(NpgsqlConnection connection, ProvenPart part, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Insert, connection)
        {
            Parameters =
            {
                new() { Value = part.Footer.Account },
                new() { Value = part.Footer.Session },
                new() { Value = part.Footer.Page },
                new() { Value = part.Footer.Part },
                new() { Value = part.Root.ToArray() },
                new() { Value = part.FooterBytes },
                new() { Value = part.StoredBytes },
                new() { Value = part.Footer.Chunks.Sum(chunk => (long)chunk.ReceivedLength) },
                new() { Value = part.EventsRoot.ToArray() },
                new() { Value = part.EventsStoredBytes },
                new() { Value = NodeClock.FromMicros(part.Footer.SealedAtMicros) },
            },
        };
        return await command.ExecuteNonQueryAsync(token).ConfigureAwait(false) == 1;
    }

    /// <summary>Parts of a page, in order.</summary>
    public static Task<List<ProvenPart>> OfPageAsync(NpgsqlConnection connection, PageId page, CancellationToken token) =>
        QueryAsync(new NpgsqlCommand(OfPage, connection), [page.Account, page.Session, page.Page], token);

    /// <summary>Parts of a session, by page and number.</summary>
    public static Task<List<ProvenPart>> OfSessionAsync(
        NpgsqlConnection connection, Guid account, Guid session, CancellationToken token) =>
        QueryAsync(new NpgsqlCommand(OfSession, connection), [account, session], token);

    /// <summary>Parts of some pages.</summary>
    public static Task<List<ProvenPart>> OfPagesAsync(
        NpgsqlConnection connection, IReadOnlyCollection<PageId> pages, CancellationToken token) =>
        QueryAsync(
            new NpgsqlCommand(OfPages, connection),
            [
                pages.Select(page => page.Account).ToArray(),
                pages.Select(page => page.Session).ToArray(),
                pages.Select(page => page.Page).ToArray(),
            ],
            token);

    private static async Task<List<ProvenPart>> QueryAsync(
        NpgsqlCommand command, object[] parameters, CancellationToken token)
    {
        await using (command.ConfigureAwait(false))
        {
            foreach (var parameter in parameters)
            {
                command.Parameters.Add(new() { Value = parameter });
            }

            var parts = new List<ProvenPart>();
            await using var rows = await command.ExecuteReaderAsync(token).ConfigureAwait(false);
            while (await rows.ReadAsync(token).ConfigureAwait(false))
            {
                var footer = rows.GetFieldValue<byte[]>(0);
                parts.Add(new ProvenPart
                {
                    Footer = SegmentFormat.ReadFooter(footer),
                    FooterBytes = footer,
                    Root = new Hash256(rows.GetFieldValue<byte[]>(1)),
                    StoredBytes = rows.GetInt64(2),
                    EventsRoot = new Hash256(rows.GetFieldValue<byte[]>(3)),
                    EventsStoredBytes = rows.GetInt64(4),
                });
            }

            return parts;
        }
    }
}
