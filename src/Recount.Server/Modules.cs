using Recount.Database;
using Recount.Primitives;

namespace Recount.Server;

/// <summary>The capabilities this executable is made of, each with its one line per list.</summary>
internal static class Modules
{
    /// <summary>Sections of the configuration; any other is a mistake somebody should hear of.</summary>
    public static IReadOnlyList<string> Sections { get; } = ["Server", "Database", "Logging"];

    public static void Add(IServiceCollection services, ProcessRoles roles)
    {
        services.AddSingleton(roles);
        services.AddDatabase();
    }

    /// <summary>Middleware between routing and the endpoints, outermost first.</summary>
    public static void Use(WebApplication app)
    {
        _ = app;
    }

    public static void Map(WebApplication app, ProcessRoles roles)
    {
        _ = app;
        _ = roles;
    }
}
