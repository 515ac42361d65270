using Microsoft.Extensions.DependencyInjection;

namespace Recount.Recordings.Conservation;

/// <summary>What shows that nothing disappeared; whoever shows it needs no archiver.</summary>
public static class ConservationModule
{
    /// <summary>Needs the intake's reader.</summary>
    public static IServiceCollection AddConservation(this IServiceCollection services) => services
        .AddSingleton<ConservationStore>()
        .AddSingleton<SeenSessionStore>()
        .AddSingleton<PageCountStore>()
        .AddSingleton<ConservationReport>()
        .AddSingleton<IntakeBootStore>()
        .AddSingleton<IntakeFindings>();
}
