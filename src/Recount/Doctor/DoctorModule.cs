using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Recount.Access;
using Recount.Recordings.Quarantine;
using Recount.Recordings.Rebuild;

namespace Recount.Doctor;

/// <summary>Says whether what must hold holds, and restores the database from the archive. For operators.</summary>
public static class DoctorModule
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static IServiceCollection AddDoctor(this IServiceCollection services) => services.AddSingleton<DoctorChecks>();

    public static IEndpointRouteBuilder MapDoctor(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/doctor", ChecksAsync).RequireAuthorization(AccessPolicies.Operator);
        routes.MapPost("/api/v1/doctor/rebuild", RebuildAsync)
            .RequireAuthorization(AccessPolicies.Operator)
            .RefuseCrossSite();
        routes.MapPost("/api/v1/doctor/reread", RereadAsync)
            .RequireAuthorization(AccessPolicies.Operator)
            .RefuseCrossSite();
        return routes;
    }

    private static async Task<IResult> ChecksAsync(DoctorChecks checks, CancellationToken token)
    {
        var results = await checks.RunAsync(token);
        return Results.Json(new { holds = results.All(check => check.Holds), checks = results });
    }

    private static async Task<IResult> RereadAsync(QuarantineReread reread, CancellationToken token)
    {
        var result = await reread.RunAsync(token);
        return Results.Json(new { read = result.Read, resolved = result.Resolved });
    }

    /// <summary>One line of JSON for each session that was restored, so that progress shows on long work.</summary>
    private static async Task RebuildAsync(
        HttpContext context, Rebuilder rebuilder, RecoveredAccounts accounts, CancellationToken token)
    {
        context.Response.ContentType = "application/x-ndjson";
        await foreach (var report in rebuilder.RunAsync(token))
        {
            if (report.IsComplete)
            {
                await accounts.EnsureAsync(report.Owners, token);
            }

            var line = JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    report.Sessions, report.Parts, report.Chunks, report.Quarantined, report.ReleasedObjects, report.Faults,
                    report.IsComplete,
                },
                Json);
            await context.Response.Body.WriteAsync(line, token);
            await context.Response.Body.WriteAsync("\n"u8.ToArray(), token);
            await context.Response.Body.FlushAsync(token);
        }
    }
}
