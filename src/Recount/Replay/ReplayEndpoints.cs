using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Recount.Access;
using Recount.Primitives;
using Recount.Recordings;
using Recount.Recordings.Index;
using Recount.Recordings.Reading;
using Recount.Wire.Segments;

namespace Recount.Replay;

/// <summary>What the player asks for: on the app host what a session consists of, on the replay host its blocks.</summary>
internal static class ReplayEndpoints
{
    private const string Pages = "/replay/v1/sessions/{session:guid}/pages/{page:guid}";

    private static readonly ApiProblem NotABrowser = new(
        403, "browser_only", "A stage token is made for a browser's sign-in; read recordings with /api/v1/sessions.");

    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1/sessions/{session:guid}").RequireAuthorization(AccessPolicies.Viewer);
        api.MapGet("/manifest", ManifestAsync)
            .WithSummary("What the session consists of, for the player.").Produces<ReplayManifest>().ProducesProblem(404);
        api.MapPost("/stage-token", TokenAsync).RefuseCrossSite()
            .WithSummary("A token with which the stage reads this session's blocks; for browsers that are signed in.")
            .Produces<StageTokenAnswer>().ProducesProblem(403).ProducesProblem(404);

        var stage = routes.MapGroup("").WithMetadata(ReplayHostOnly.Instance).AllowAnonymous();
        stage.MapGet("/replay/v1/stage", StagePage.Show);
        stage.MapGet("/replay/v1/stage.js", StagePage.ShowScript);
        stage.MapGet(Pages + "/parts/{part:int}/{block:int}", PartBlockAsync);
        stage.MapGet(Pages + "/chunks/{seq:int}", ChunkAsync);
        ReportEndpoint.Map(stage);
    }

    private static async Task<IResult> ManifestAsync(
        HttpContext context, SessionQueries sessions, Guid session, CancellationToken token)
    {
        if (await sessions.FindAsync(context.GetAccess().Account, session, token) is not { } view)
        {
            return ApiProblem.NotFound.ToResult();
        }

        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(ReplayManifest.Of(view, sessions.StateOf(view)));
    }

    private static async Task<IResult> TokenAsync(
        HttpContext context, BlockReader blocks, StageTokens tokens, Guid session, CancellationToken token)
    {
        var access = context.GetAccess();
        if (!await blocks.HasSessionAsync(access.Account, session, token))
        {
            return ApiProblem.NotFound.ToResult();
        }

        context.Response.Headers.CacheControl = "no-store";
        return tokens.Create(access, session) is { } created
            ? Results.Json(new StageTokenAnswer(created, (long)tokens.Lifetime.TotalMilliseconds))
            : NotABrowser.ToResult();
    }

    private static Task<IResult> PartBlockAsync(
        HttpContext context, StageAccess stage, BlockReader blocks, ReplayMetrics metrics, Guid session, Guid page, int part, int block)
    {
        // Asked to check, the server has to decode; what it then sends is what it checked.
        var decoded = context.Request.Query["verify"] == "1" || !EmbeddedFile.Accepts(context.Request.GetTypedHeaders(), "br");
        return AnswerAsync(context, stage, metrics, session, grant =>
            blocks.ReadPartAsync(new PageId(grant.Account, session, page), part, block, decoded, context.RequestAborted));
    }

    private static Task<IResult> ChunkAsync(
        HttpContext context, StageAccess stage, BlockReader blocks, ReplayMetrics metrics, Guid session, Guid page, int seq) =>
        AnswerAsync(context, stage, metrics, session, grant =>
            blocks.ReadChunkAsync(new PageId(grant.Account, session, page), seq, context.RequestAborted));

    private static async Task<IResult> AnswerAsync(
        HttpContext context, StageAccess stage, ReplayMetrics metrics, Guid session, Func<StageGrant, Task<BlockBytes?>> read)
    {
        if (await stage.FindAsync(context) is not { } grant || grant.Session != session)
        {
            return ApiProblem.Unauthorized.ToResult();
        }

        try
        {
            return await read(grant) is { } bytes
                ? Send(context, metrics, bytes)
                : Unplayable(metrics, StatusCodes.Status404NotFound, GapCause.ObjectMissing);
        }
        catch (SegmentException broken)
        {
            return Unplayable(metrics, StatusCodes.Status422UnprocessableEntity, GapCause.Of(broken.Fault));
        }
    }

    private static IResult Send(HttpContext context, ReplayMetrics metrics, BlockBytes block)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers.Vary = "Accept-Encoding";
        headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        if (block.IsBrotli)
        {
            headers.ContentEncoding = "br";
        }

        metrics.Sent(block.Bytes.Length);
        return Results.Bytes(block.Bytes, "application/x-ndjson");
    }

    private static IResult Unplayable(ReplayMetrics metrics, int status, string cause)
    {
        metrics.Failed(cause);
        return Results.Json(
            new { type = "urn:recount:problem:unplayable", title = "This block cannot be played.", status, cause },
            statusCode: status,
            contentType: "application/problem+json");
    }
}
