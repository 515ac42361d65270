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
        routes.MapGet("/api/v1/conservation", HoursAsync).RequireAuthorization(AccessPolicies.Viewer);
        routes.MapGet("/api/v1/conservation/objects", ObjectsAsync).RequireAuthorization(AccessPolicies.Operator);
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
        var since = from ?? until - DefaultSpan;
        var hours = await report.HoursAsync(
            context.GetAccess().Account, since.ToUniversalTime(), until.ToUniversalTime(), token);
        return Results.Json(hours.Select(Describe));
    }

    private static object Describe(ConservationHour hour) => new
    {
        account = hour.Chunks.Account,
        hour = hour.Chunks.Hour,
        accepted = hour.Chunks.Accepted,
        pending = hour.Chunks.Pending,
        archived = hour.Chunks.Archived,
        duplicate = hour.Chunks.Duplicate,
        quarantined = hour.Chunks.Quarantined,
        erased = hour.Chunks.Erased,
        difference = hour.Chunks.Difference,
        sessions = DescribeSessions(hour),
        sdk = DescribeSdk(hour),
    };

    private static object DescribeSessions(ConservationHour hour) => new
    {
        seen = hour.Sessions.Seen,
        archived = hour.Sessions.Archived,
        pending = hour.Sessions.Pending,
        quarantined = hour.Sessions.Quarantined,
        difference = hour.Sessions.Difference,
        missing = hour.LostSessions,
    };

    private static object DescribeSdk(ConservationHour hour) => new
    {
        pages = hour.Captured.Pages,
        captured = hour.Captured.Captured,
        arrived = hour.Captured.Arrived,
        dropped = hour.Dropped,
        pending = hour.Captured.Pending,
        difference = hour.Captured.Difference,
        differing = hour.Pages.Select(page => new
        {
            session = page.Session, page = page.Page, difference = page.Difference, cause = page.Cause,
        }),
    };

    private static async Task<IResult> ObjectsAsync(IntakeFindings findings, CancellationToken token) =>
        Results.Json(new
        {
            items = (await findings.FindAsync(token)).Select(found => new { key = found.Key.Path, state = found.State }),
        });
}
