using System.Globalization;
using Dapper;
using Npgsql;
using Recount.Database;
using Recount.Recordings.Reading;

namespace Recount.Recordings.Summaries;

/// <summary>A row of the sessions list.</summary>
public sealed record SessionSummary
{
    public Guid Session { get; init; }

    public Guid App { get; init; }

    /// <summary>As the SDK claims; null when nobody said.</summary>
    public string? Person { get; init; }

    public DateTimeOffset FirstReceivedAt { get; init; }

    public DateTimeOffset LastReceivedAt { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    public long DurationMs { get; init; }

    /// <summary>One of the time qualities.</summary>
    public string Quality { get; init; } = "";

    public int Pages { get; init; }

    public int Chunks { get; init; }

    public int PendingChunks { get; init; }

    public long Entries { get; init; }

    public int Gaps { get; init; }

    /// <summary>Device's wall clock minus the server's time, ms.</summary>
    public double? SkewMs { get; init; }

    /// <summary>Address of the first page.</summary>
    public string? Url { get; init; }

    /// <summary>Title of the first page.</summary>
    public string? Title { get; init; }
}

/// <summary>The sessions beside one in the list.</summary>
/// <param name="Newer">The one before it; null when it is the first.</param>
/// <param name="Older">The one after it; null when it is the last.</param>
public sealed record SessionNeighboursFound(Guid? Newer, Guid? Older);

/// <summary>A page of the list of sessions.</summary>
/// <param name="Items">The sessions, newest first.</param>
/// <param name="Next">The cursor of the page behind it; null when there is none.</param>
public sealed record SessionList(IReadOnlyList<SessionSummary> Items, string? Next);

/// <summary>The sessions list, in the order of first reception, which never moves.</summary>
public sealed class SummaryStore(Db db)
{
    public const int MaxPageSize = 500;

    private const string Columns = """
        session, app, person, first_received_at AS firstreceivedat, last_received_at AS lastreceivedat,
        started_at AS startedat, duration_ms AS durationms, quality, pages, chunks, pending_chunks AS pendingchunks,
        entries, gaps, skew_ms AS skewms, url, title
        """;

    private const string List = $"""
        SELECT {Columns} FROM recount.session_summary
        WHERE account = @account AND (@app IS NULL OR app = @app)
          AND (@afterAt IS NULL OR (first_received_at, session) < (@afterAt, @afterSession))
        ORDER BY first_received_at DESC, session DESC
        LIMIT @limit
        """;

    private const string Neighbours = """
        SELECT
          (SELECT session FROM recount.session_summary
           WHERE account = @account AND (@app IS NULL OR app = @app)
             AND (first_received_at, session) > (it.first_received_at, it.session)
           ORDER BY first_received_at, session LIMIT 1) AS newer,
          (SELECT session FROM recount.session_summary
           WHERE account = @account AND (@app IS NULL OR app = @app)
             AND (first_received_at, session) < (it.first_received_at, it.session)
           ORDER BY first_received_at DESC, session DESC LIMIT 1) AS older
        FROM recount.session_summary it
        WHERE account = @account AND session = @session
        """;

    private const string Write = """
        INSERT INTO recount.session_summary
          (account, session, app, person, first_received_at, last_received_at, started_at, duration_ms, quality, pages,
           chunks, pending_chunks, entries, gaps, skew_ms, url, title)
        VALUES
          (@Account, @Session, @App, @Person, @FirstReceivedAt, @LastReceivedAt, @StartedAt, @DurationMs, @Quality, @Pages,
           @Chunks, @PendingChunks, @Entries, @Gaps, @SkewMs, @Url, @Title)
        ON CONFLICT (account, session) DO UPDATE SET
          person = excluded.person, last_received_at = excluded.last_received_at, started_at = excluded.started_at,
          duration_ms = excluded.duration_ms, quality = excluded.quality, pages = excluded.pages, chunks = excluded.chunks,
          pending_chunks = excluded.pending_chunks, entries = excluded.entries, gaps = excluded.gaps,
          skew_ms = excluded.skew_ms, url = excluded.url, title = excluded.title
        """;

    /// <summary>One page of the list, newest first.</summary>
    /// <param name="account">The account.</param>
    /// <param name="app">Null for all apps.</param>
    /// <param name="after">The cursor of the page before; null for the newest.</param>
    /// <param name="limit">1 to <see cref="MaxPageSize"/>.</param>
    /// <param name="token">Ends the query.</param>
    /// <exception cref="FormatException">The cursor is none.</exception>
    public async Task<SessionList> ListAsync(
        Guid account, Guid? app, string? after, int limit, CancellationToken token)
    {
        var (afterAt, afterSession) = after is null ? (null, Guid.Empty) : ParseCursor(after);
        await using var connection = await db.OpenAsync(token);
        // One more than is asked for tells whether there is another page, without counting them all.
        var size = Math.Clamp(limit, 1, MaxPageSize);
        var rows = (await connection.QueryAsync<SessionSummary>(new CommandDefinition(
            List, new { account, app, afterAt, afterSession, limit = size + 1 }, cancellationToken: token))).AsList();
        return rows.Count <= size
            ? new SessionList(rows, null)
            : new SessionList(rows.GetRange(0, size), CursorOf(rows[size - 1]));
    }

    /// <summary>What lies before and after a session in the list.</summary>
    /// <param name="account">The account.</param>
    /// <param name="app">In the list of this app; null for that of all.</param>
    /// <param name="session">The session; one that is not in the list yet has no neighbours.</param>
    /// <param name="token">Ends the query.</param>
    public async Task<SessionNeighboursFound> NeighboursAsync(Guid account, Guid? app, Guid session, CancellationToken token)
    {
        await using var connection = await db.OpenAsync(token);
        return await connection.QuerySingleOrDefaultAsync<SessionNeighboursFound>(
            new CommandDefinition(Neighbours, new { account, app, session }, cancellationToken: token)) ?? new(null, null);
    }

    /// <summary>Where the list goes on behind a row.</summary>
    private static string CursorOf(SessionSummary row) =>
        $"{row.FirstReceivedAt.UtcTicks.ToString(CultureInfo.InvariantCulture)}.{row.Session:N}";

    internal static Task WriteAsync(NpgsqlConnection connection, SessionView view, CancellationToken token)
    {
        var first = view.Pages[0].View;
        return connection.ExecuteAsync(new CommandDefinition(
            Write,
            new
            {
                view.Content.Account,
                view.Content.Session,
                view.Content.App,
                view.Person,
                view.Content.FirstReceivedAt,
                view.LastReceivedAt,
                view.StartedAt,
                view.DurationMs,
                Quality = view.Quality.ToString().ToLowerInvariant(),
                Pages = view.Pages.Count,
                view.Chunks,
                view.PendingChunks,
                view.Entries,
                view.Gaps,
                view.SkewMs,
                first.Url,
                first.Title,
            },
            cancellationToken: token));
    }

    private static (DateTimeOffset? At, Guid Session) ParseCursor(string cursor)
    {
        var parts = cursor.Split('.');
        return parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            && ticks <= DateTimeOffset.MaxValue.UtcTicks
            && Guid.TryParseExact(parts[1], "N", out var session)
                ? (new DateTimeOffset(ticks, TimeSpan.Zero), session)
                : throw new FormatException("'after' is no cursor of this list; take it from 'next'.");
    }
}
