using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Recount.Access;
using Recount.ObjectStore;
using Recount.Primitives;
using Recount.Recordings.Conservation;
using Recount.Recordings.Index;
using Recount.Recordings.Reading;
using Recount.Recordings.Seal;

namespace Recount.Recordings;

/// <summary>The API of sessions: lists, what is known of one, its entries, its sealed parts, and conservation.</summary>
internal static class RecordingsEndpoints
{
    private const int DefaultPageSize = 50;
    private static readonly ApiProblem Malformed = new(400, "malformed", "A parameter is malformed.");

    public static void Map(IEndpointRouteBuilder routes)
    {
        var sessions = routes.MapGroup("/api/v1/sessions").RequireAuthorization(AccessPolicies.Viewer);
        sessions.MapGet("", ListAsync);
        sessions.MapGet("/{session:guid}", ShowAsync);
        sessions.MapGet("/{session:guid}/events", EventsAsync);
        sessions.MapGet("/{session:guid}/pages/{page:guid}/parts/{part:int}", DownloadPartAsync);
        ConservationEndpoints.Map(routes);
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, SessionQueries queries, Guid? app, string? after, int? limit, CancellationToken token)
    {
        try
        {
            var size = Math.Clamp(limit ?? DefaultPageSize, 1, Summaries.SummaryStore.MaxPageSize);
            var rows = await queries.ListAsync(context.GetAccess().Account, app, after, size, token);
            var next = rows.Count == size ? Summaries.SummaryStore.CursorOf(rows[^1]) : null;
            return Results.Json(new { items = rows.Select(row => ListItem(row, queries.StateOf(row))), next });
        }
        catch (FormatException cursor)
        {
            return Malformed.ToResult(cursor.Message);
        }
    }

    private static object ListItem(Summaries.SessionSummary row, string state) => new
    {
        session = row.Session,
        app = row.App,
        person = row.Person,
        started_at = row.StartedAt,
        duration_ms = row.DurationMs,
        pages = row.Pages,
        chunks = row.Chunks,
        entries = row.Entries,
        gaps = row.Gaps,
        skew_ms = row.SkewMs is { } skew ? (long?)Math.Clamp(skew, -1e15, 1e15) : null,
        state,
    };

    private static async Task<IResult> ShowAsync(
        HttpContext context, SessionQueries queries, Guid session, CancellationToken token)
    {
        if (await queries.FindAsync(context.GetAccess().Account, session, token) is not { } view)
        {
            return ApiProblem.NotFound.ToResult();
        }

        return Results.Json(new
        {
            session,
            app = view.Content.App,
            person = view.Person,
            state = queries.StateOf(view),
            started_at = view.StartedAt,
            duration_ms = view.DurationMs,
            pages = view.Pages.Select(page => DescribePage(view, page.View, page.Span)),
        });
    }

    private static object DescribePage(SessionView session, PageView page, Wire.Clocks.PageSpan span) => new
    {
        page = span.Page,
        ordinal = page.Ordinal,
        url = page.Url,
        title = page.Title,
        started_at = session.StartedAt.AddMilliseconds(Math.Clamp(span.StartMs, -1e12, 1e12)),
        quality = span.Quality.ToString().ToLowerInvariant(),
        parts = page.Content.Parts.Select(part => new
        {
            part = part.Part.Footer.Part,
            root = part.Part.Root.ToString(),
            chunks = part.Part.Footer.Chunks.Count,
            sealed_at = Capture.Intake.NodeClock.FromMicros(part.Part.Footer.SealedAtMicros),
            verified_at = part.VerifiedAt,
        }),
        pending_chunks = page.Content.Pending.Count,
        gaps = page.Gaps.Select(gap => new { from_seq = gap.FromSeq, to_seq = gap.ToSeq, cause = gap.Cause }),
    };

    private static async Task EventsAsync(
        HttpContext context, SessionQueries queries, SessionEntries entries, Guid session, CancellationToken token)
    {
        if (await queries.FindAsync(context.GetAccess().Account, session, token) is not { } view)
        {
            await ApiProblem.NotFound.WriteAsync(context);
            return;
        }

        context.Response.ContentType = "application/x-ndjson";
        await EntryLines.WriteAsync(context.Response.BodyWriter, entries.ReadAsync(view, token), token);
    }

    private static async Task<IResult> DownloadPartAsync(
        HttpContext context, SessionQueries queries, IObjectStore objects, Guid session, Guid page, int part, CancellationToken token)
    {
        var account = context.GetAccess().Account;
        var id = new PageId(account, session, page);
        if (part < 0 || await queries.FindAsync(account, session, token) is null
            || await objects.OpenAsync(PartKeys.Recording(id, part), ReadFrom.Cache, token) is not { } stored)
        {
            return ApiProblem.NotFound.ToResult();
        }

        var name = string.Create(CultureInfo.InvariantCulture, $"{session}.{page}.{part}.rec");
        return Results.Stream(new StoredObjectStream(stored), "application/octet-stream", name);
    }
}
