using Recount.Access;
using Recount.Capture;
using Recount.Database;
using Recount.Demo;
using Recount.Doctor;
using Recount.Primitives;
using Recount.Recordings;
using Recount.Replay;
using Recount.Ui;

namespace Recount.Server;

/// <summary>The capabilities this executable is made of, each with its one line per list.</summary>
internal static class Modules
{
    /// <summary>Sections of the configuration; any other is a mistake somebody should hear of.</summary>
    public static IReadOnlyList<string> Sections { get; } =
        ["Server", "Database", "Access", "Capture", "Recordings", "Replay", "Demo", "Logging"];

    public static void Add(IServiceCollection services, ProcessRoles roles)
    {
        services.AddSingleton(roles);
        services.AddDatabase();
        services.AddAccess();
        services.AddCapture();
        services.AddRecordings();
        services.AddReplay();
        services.AddDoctor();
        services.AddDemo();
        services.AddUi();
        if (roles.Has(ProcessRoles.Capture))
        {
            services.AddCaptureHealth();
        }

        if (roles.Has(ProcessRoles.Archive))
        {
            services.AddArchiveWorkers();
        }
    }

    /// <summary>Middleware between routing and the endpoints, outermost first.</summary>
    public static void Use(WebApplication app)
    {
        app.UseUi();
        app.UseAuthorization();
        app.UseAntiforgery();
    }

    public static void Map(WebApplication app, ProcessRoles roles)
    {
        if (roles.Has(ProcessRoles.Capture))
        {
            app.MapCapture();
        }

        if (roles.Has(ProcessRoles.App))
        {
            app.MapAccess();
            app.MapImport();
            app.MapRecordings();
            app.MapReplay();
            app.MapDoctor();
            app.MapUi();
            if (app.Services.GetRequiredService<Site>().Demo)
            {
                app.MapDemo();
            }
        }
    }
}
