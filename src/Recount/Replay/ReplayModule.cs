using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Recount.Primitives;

namespace Recount.Replay;

/// <summary>Playing sessions: what the player and its stage need from the server.</summary>
public static class ReplayModule
{
    /// <summary>Needs Recordings' readers and Access.</summary>
    public static IServiceCollection AddReplay(this IServiceCollection services)
    {
        services.AddRecountOptions<ReplayOptions>(ReplayOptions.Section);
        services.AddSingleton<StageTokens>();
        services.AddSingleton<StageAccess>();
        services.AddSingleton<PlayerStart>();
        services.AddSingleton<BlockReader>();
        services.AddSingleton<ReplayReports>();
        services.AddSingleton<ReplayMetrics>();
        return services;
    }

    public static IEndpointRouteBuilder MapReplay(this IEndpointRouteBuilder routes)
    {
        ReplayEndpoints.Map(routes);
        return routes;
    }
}
