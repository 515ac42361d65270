using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Recount.Ui.Layout;

namespace Recount.Ui;

/// <summary>The pages: rendered on the server, one request each.</summary>
public static class UiModule
{
    public static IServiceCollection AddUi(this IServiceCollection services)
    {
        services.AddRazorComponents();
        services.AddHttpContextAccessor();
        services.AddScoped<ContentSecurityPolicy>();

        // Before the host's own handlers, which answer programs only.
        services.Insert(0, ServiceDescriptor.Singleton<IExceptionHandler, FailureHandler>());
        return services;
    }

    /// <summary>Goes first, so that every answer has the headers and every failure an answer.</summary>
    public static IApplicationBuilder UseUi(this IApplicationBuilder app)
    {
        app.UseMiddleware<SecurityHeaders>();
        app.UseExceptionHandler(_ => { });
        app.UseStatusCodePages(context => FailureHandler.WriteStatusAsync(context.HttpContext));
        return app;
    }

    /// <summary>Needs authorization and antiforgery in the pipeline before it.</summary>
    public static void MapUi(this IEndpointRouteBuilder routes)
    {
        EmbeddedAssets.Map(routes);
        routes.MapGet("/", () => Results.Redirect(Navigation.Home));
        routes.MapGet("/favicon.ico", () => Results.Redirect(EmbeddedAssets.Url("mark.svg"), permanent: true));
        routes.MapRazorComponents<App>();
    }
}
