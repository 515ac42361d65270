using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Recount.Access;
using Recount.Primitives;
using Recount.Recordings.Reading;

namespace Recount.Replay;

/// <summary>Takes what a player could not play.</summary>
internal static partial class ReportEndpoint
{
    private const int MaxBodyBytes = 4096;
    private const int MaxDetail = 500;

    private static readonly ApiProblem Malformed = new(400, "malformed", "The report is not as the protocol has it.");

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/replay/v1/reports", TakeAsync);

    private static async Task<IResult> TakeAsync(
        HttpContext context, StageAccess stage, ReplayReports reports, ReplayMetrics metrics)
    {
        if (await stage.FindAsync(context) is not { } grant)
        {
            return ApiProblem.Unauthorized.ToResult();
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MaxBodyBytes;
        }

        if (await ReadAsync(context, grant) is not { } report)
        {
            return Malformed.ToResult();
        }

        metrics.Reported(report.Cause);
        await reports.AddAsync(grant, report, context.RequestAborted);
        return Results.NoContent();
    }

    private static async Task<ReplayReport?> ReadAsync(HttpContext context, StageGrant grant)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
            var root = body.RootElement;
            return Guid.TryParse(root.Text("session"), out var session) && session == grant.Session
                && Guid.TryParse(root.Text("page"), out var page)
                && root.Text("cause") is { } cause && GapCause.All.Contains(cause)
                && (root.Text("address") ?? "") is var address && (address.Length == 0 || Address().IsMatch(address))
                    ? new ReplayReport(page, address, cause, Shown(root.Text("detail") ?? ""))
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // PostgreSQL takes no NUL in a text, and half a surrogate pair is no text.
    private static string Shown(string detail)
    {
        var cut = detail.Length <= MaxDetail ? detail : detail[..MaxDetail];
        return string.Concat(cut.EnumerateRunes().Where(rune => !System.Text.Rune.IsControl(rune)));
    }

    [GeneratedRegex(@"^(parts/[0-9]{1,9}/[0-9]{1,9}|chunks/[0-9]{1,5})\z")]
    private static partial Regex Address();
}
