using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Recount.Access;
using Recount.Primitives;
using Recount.Recordings.Quarantine;
using Recount.Recordings.Rebuild;

namespace Recount.Doctor;

/// <summary>Says whether what must hold holds, and restores the database from the archive. For operators.</summary>
public static class DoctorModule
{
    private const string NewlineDelimitedJson = "application/x-ndjson";

    public static IServiceCollection AddDoctor(this IServiceCollection services) => services.AddSingleton<DoctorChecks>();

    public static IEndpointRouteBuilder MapDoctor(this IEndpointRouteBuilder routes)
    {
        var doctor = routes.MapGroup("/api/v1/doctor").RequireAuthorization(AccessPolicies.Operator);
        doctor.MapGet("", ChecksAsync)
            .WithSummary("Whether what must hold holds, check by check.").Produces<DoctorAnswer>();
        doctor.MapPost("/rebuild", RebuildAsync).RefuseCrossSite()
            .WithSummary("Restores the database from recordings and intake; a line of progress for each session.")
            .Produces<RebuildProgress>(200, NewlineDelimitedJson);
        doctor.MapPost("/reread", RereadAsync).RefuseCrossSite()
            .WithSummary("Reads again what is in quarantine.").Produces<RereadResult>();
        return routes;
    }

    private static async Task<IResult> ChecksAsync(DoctorChecks checks, CancellationToken token)
    {
        var results = await checks.RunAsync(token);
        return Results.Json(new DoctorAnswer(results.All(check => check.Holds), results));
    }

    private static async Task<IResult> RereadAsync(QuarantineReread reread, CancellationToken token) =>
        Results.Json(await reread.RunAsync(token));

    /// <summary>One line of JSON for each session that was restored, so that progress shows on long work.</summary>
    private static async Task RebuildAsync(
        HttpContext context, Rebuilder rebuilder, RecoveredAccounts accounts, CancellationToken token)
    {
        context.Response.ContentType = NewlineDelimitedJson;
        await foreach (var report in rebuilder.RunAsync(token))
        {
            if (report.IsComplete)
            {
                await accounts.EnsureAsync(report.Owners, token);
            }

            await JsonSerializer.SerializeAsync(context.Response.Body, RebuildProgress.Of(report), ApiJson.Options, token);
            await context.Response.Body.WriteAsync("\n"u8.ToArray(), token);
            await context.Response.Body.FlushAsync(token);
        }
    }
}
