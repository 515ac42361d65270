using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Recount.ObjectStore;
using Recount.ObjectStore.Directory;
using Recount.Primitives;
using Recount.Recordings.Conservation;
using Recount.Recordings.Index;
using Recount.Recordings.Quarantine;
using Recount.Recordings.Reading;
using Recount.Recordings.Rebuild;
using Recount.Recordings.Release;
using Recount.Recordings.Seal;
using Recount.Recordings.Summaries;

namespace Recount.Recordings;

/// <summary>From the intake to sealed recordings, and reading them.</summary>
public static class RecordingsModule
{
    /// <summary>What every process needs that reads or writes recordings.</summary>
    public static IServiceCollection AddRecordings(this IServiceCollection services)
    {
        services.AddRecountOptions<RecordingsOptions>(RecordingsOptions.Section);
        services.AddSingleton<IObjectStore>(provider => new DirectoryObjectStore(
            provider.GetRequiredService<IFileSystem>(), provider.GetRequiredService<DataDirectory>().Root));
        services.AddSingleton(provider => InstallationIdentity.Open(
            provider.GetRequiredService<IFileSystem>(), provider.GetRequiredService<DataDirectory>().Root));
        services.AddSingleton(provider => provider.GetRequiredService<InstallationIdentity>().Owner);
        services.AddSingleton<RecordingsMetrics>();
        services.AddConservation();
        services.AddIndex();
        services.AddSingleton<ChunkBodies>();
        services.AddSingleton<PartWriter>();
        services.AddSingleton<PageSealer>();
        services.AddSingleton<Releaser>().AddSingleton<BootCleaner>();
        services.AddSingleton<SessionReader>();
        services.AddSingleton<PageBlocks>();
        services.AddSingleton<SessionEntries>();
        services.AddSingleton<SummaryStore>();
        services.AddSingleton<SessionQueries>();
        return services.AddRebuild();
    }

    private static void AddIndex(this IServiceCollection services)
    {
        services.AddSingleton<IntakeAuditor>().AddSingleton<BootAuditor>();
        services.AddSingleton<IndexStore>();
        services.AddSingleton<QuarantineStore>();
        services.AddSingleton(provider => new InflationShares(
            provider.GetRequiredService<IOptions<RecordingsOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<Indexer>();
        services.AddSingleton<DeferredFrames>();
        services.AddSingleton<QuarantineReread>();
        services.AddSingleton<IntakeTaker>();

        // Each that follows the intake remembers how far it is.
        services.AddTransient<IntakeFollower>();
    }

    private static IServiceCollection AddRebuild(this IServiceCollection services) => services
        .AddSingleton<ReleasedIntake>()
        .AddSingleton<QuarantinedIntake>()
        .AddSingleton<Rebuilder>();

    /// <summary>The archive role: what works on the intake.</summary>
    public static IServiceCollection AddArchiveWorkers(this IServiceCollection services) => services
        .AddWorker<IndexWorker>()
        .AddWorker<DeferredWorker>()
        .AddWorker<SealWorker>()
        .AddWorker<ReleaseWorker>()
        .AddWorker<SummaryWorker>()
        .AddWorker<ConservationWorker>();

    public static IEndpointRouteBuilder MapRecordings(this IEndpointRouteBuilder routes)
    {
        RecordingsEndpoints.Map(routes);
        return routes;
    }

    private static IServiceCollection AddWorker<TWorker>(this IServiceCollection services)
        where TWorker : Worker
    {
        services.AddSingleton<TWorker>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<TWorker>());
        services.AddSingleton<IHealthPart>(provider => provider.GetRequiredService<TWorker>());
        return services;
    }
}
