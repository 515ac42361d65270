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
    private const string NewlineDelimitedJson = "application/x-ndjson";

    private static readonly ApiProblem Malformed = new(400, "malformed", "A parameter is malformed.");

    public static void Map(IEndpointRouteBuilder routes)
    {
        var sessions = routes.MapGroup("/api/v1/sessions").RequireAuthorization(AccessPolicies.Viewer);
        sessions.MapGet("", ListAsync)
            .WithSummary("Sessions, newest first.").Produces<SessionsAnswer>().ProducesProblem(400);
        sessions.MapGet("/{session:guid}", ShowAsync)
            .WithSummary("A session with its pages, receipts and gaps.").Produces<SessionAnswer>().ProducesProblem(404);
        sessions.MapGet("/{session:guid}/events", EventsAsync)
            .WithSummary("Every entry of a session in play order, one a line, as it was recorded; gaps at their places.")
            .Produces<string>(200, NewlineDelimitedJson).ProducesProblem(404);
        sessions.MapGet("/{session:guid}/pages/{page:guid}/parts/{part:int}", DownloadPartAsync)
            .WithSummary("A sealed part as it is stored (.rec).")
            .Produces<Stream>(200, "application/octet-stream").ProducesProblem(404);
        ConservationEndpoints.Map(routes);
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, SessionQueries queries, Guid? app, string? after, int? limit, CancellationToken token)
    {
        try
        {
            var list = await queries.ListAsync(context.GetAccess().Account, app, after, limit ?? DefaultPageSize, token);
            return Results.Json(new SessionsAnswer(
                [.. list.Items.Select(row => SessionItem.Of(row, queries.StateOf(row)))], list.Next));
        }
        catch (FormatException cursor)
        {
            return Malformed.ToResult(cursor.Message);
        }
    }

    private static async Task<IResult> ShowAsync(
        HttpContext context, SessionQueries queries, Guid session, CancellationToken token)
    {
        return await queries.FindAsync(context.GetAccess().Account, session, token) is { } view
            ? Results.Json(SessionAnswer.Of(view, queries.StateOf(view)))
            : ApiProblem.NotFound.ToResult();
    }

    private static async Task EventsAsync(
        HttpContext context, SessionQueries queries, SessionEntries entries, Guid session, CancellationToken token)
    {
        if (await queries.FindAsync(context.GetAccess().Account, session, token) is not { } view)
        {
            await ApiProblem.NotFound.WriteAsync(context);
            return;
        }

        context.Response.ContentType = NewlineDelimitedJson;
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
