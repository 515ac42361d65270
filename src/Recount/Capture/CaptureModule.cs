using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Recount.Capture.Intake;
using Recount.Primitives;

namespace Recount.Capture;

/// <summary>Takes chunks and makes them durable.</summary>
public static class CaptureModule
{
    public static IServiceCollection AddCapture(this IServiceCollection services)
    {
        services.AddRecountOptions<CaptureOptions>(CaptureOptions.Section);
        services.AddSingleton<CaptureMetrics>();
        services.AddSingleton<NodeClock>();
        services.AddSingleton<DiskReserve>();
        services.AddSingleton<CaptureEndpoints>();
        services.AddSingleton<IntakeReader>();
        services.AddSingleton(OpenIntake);
        services.AddSingleton<Import.SessionImport>();
        return services;
    }

    /// <summary>Shows whether this process takes chunks; for processes with the role.</summary>
    public static IServiceCollection AddCaptureHealth(this IServiceCollection services) =>
        services.AddSingleton<IHealthPart, CaptureHealth>();

    public static IEndpointRouteBuilder MapCapture(this IEndpointRouteBuilder routes)
    {
        routes.ServiceProvider.GetRequiredService<CaptureEndpoints>().Map(routes);
        return routes;
    }

    /// <summary>The part of the API that capture has: importing. It writes the intake of the process that is asked.</summary>
    public static IEndpointRouteBuilder MapImport(this IEndpointRouteBuilder routes)
    {
        Import.ImportEndpoint.Map(routes);
        return routes;
    }

    /// <summary>Closes what earlier processes left open, then opens this one's intake: in that order.</summary>
    private static IntakeWriter OpenIntake(IServiceProvider services)
    {
        var files = services.GetRequiredService<IFileSystem>();
        var root = services.GetRequiredService<DataDirectory>().Root;
        var node = NodeIdentity.Of(files, root);
        new IntakeRecovery(files, root, node, services.GetRequiredService<ILogger<IntakeRecovery>>()).Run();
        return new IntakeWriter(
            files,
            root,
            node,
            services.GetRequiredService<NodeClock>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<IOptions<CaptureOptions>>().Value.Intake,
            services.GetRequiredService<ILogger<IntakeWriter>>());
    }
}
