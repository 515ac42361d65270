using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Recount.Access;

namespace Recount.Recordings.Conservation;

/// <summary>The API of conservation: hours of an account, and for operators the objects that are not as they should be.</summary>
internal static class ConservationEndpoints
{
    private static readonly TimeSpan DefaultSpan = TimeSpan.FromDays(1);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/conservation", HoursAsync).RequireAuthorization(AccessPolicies.Viewer)
            .WithSummary("What was accepted against what became of it, hour by hour.")
            .Produces<IReadOnlyList<ConservationAnswer>>();
        routes.MapGet("/api/v1/conservation/objects", ObjectsAsync).RequireAuthorization(AccessPolicies.Operator)
            .WithSummary("Intake objects that are missing, not read yet or damaged.")
            .Produces<IntakeFindingsAnswer>();
    }

    private static async Task<IResult> HoursAsync(
        HttpContext context,
        ConservationReport report,
        TimeProvider time,
        DateTimeOffset? from,
        DateTimeOffset? to,
        CancellationToken token)
    {
        var until = to ?? time.GetUtcNow().AddHours(1);
        var since = from ?? (until - DateTimeOffset.MinValue > DefaultSpan ? until - DefaultSpan : until);
        var hours = await report.HoursAsync(
            context.GetAccess().Account, since.ToUniversalTime(), until.ToUniversalTime(), token);
        return Results.Json(hours.Select(ConservationAnswer.Of));
    }

    private static async Task<IResult> ObjectsAsync(IntakeFindings findings, CancellationToken token) =>
        Results.Json(new IntakeFindingsAnswer(
            [.. (await findings.FindAsync(token)).Select(found => new IntakeFindingItem(found.Key.Path, found.State))]));
}
