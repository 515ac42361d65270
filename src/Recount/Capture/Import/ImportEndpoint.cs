using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Recount.Access;
using Recount.Wire.Segments;

namespace Recount.Capture.Import;

/// <summary>Takes a recording as a file, for whoever may change the account's apps.</summary>
internal static class ImportEndpoint
{
    private static readonly ApiProblem NotARecording = new(
        422, "not_a_recording", "The file is neither a sealed part nor an array of rrweb events.");

    private static readonly ApiProblem TooLarge = new(413, "too_large", "The file is larger than an import may be.");

    private static readonly ApiProblem NotStored = new(503, "storage_failed", "The file could not be stored; try again.");

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/v1/sessions/import", ImportAsync)
            .RequireAuthorization(AccessPolicies.Admin)
            .RefuseCrossSite()
            .WithSummary("Takes a recording from the request's body: a sealed part (.rec), or a JSON array of rrweb events.")
            .Produces<ImportResult>()
            .ProducesProblem(404).ProducesProblem(413).ProducesProblem(422).ProducesProblem(503);

    private static async Task<IResult> ImportAsync(
        HttpContext context,
        SessionImport import,
        AppStore apps,
        IOptions<CaptureOptions> options,
        Guid app,
        CancellationToken token)
    {
        var access = context.GetAccess();
        if (await apps.FindAsync(access, app, token) is null)
        {
            return ApiProblem.NotFound.ToResult("The account has no such app.");
        }

        var limit = options.Value.ImportBytes.Bytes;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = limit;
        }

        try
        {
            using var file = new MemoryStream();
            await context.Request.Body.CopyToAsync(file, token);
            var result = await import.ImportAsync(file.GetBuffer().AsMemory(0, (int)file.Length), access.Account, app, token);
            return Results.Json(result);
        }
        catch (BadHttpRequestException tooLarge) when (tooLarge.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return TooLarge.ToResult($"An import may have {options.Value.ImportBytes}.");
        }
        catch (Exception malformed) when (malformed is FormatException or SegmentException or EndOfStreamException)
        {
            return NotARecording.ToResult(malformed.Message);
        }
        catch (IOException failure)
        {
            return NotStored.ToResult(failure.Message);
        }
    }
}
