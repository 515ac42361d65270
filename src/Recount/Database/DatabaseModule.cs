using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Recount.Primitives;

namespace Recount.Database;

/// <summary>The database: its options, its connection, and the service that reaches and migrates it.</summary>
public static class DatabaseModule
{
    /// <summary>Needs an <see cref="IDatabaseEngine"/> and a <see cref="DataOwner"/> registered by others.</summary>
    public static IServiceCollection AddDatabase(this IServiceCollection services)
    {
        services.AddRecountOptions<DatabaseOptions>("Database");
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<Db>();
        services.AddSingleton<IHealthPart>(provider => provider.GetRequiredService<Db>());
        services.AddHostedService<DatabaseStartup>();
        return services;
    }
}
