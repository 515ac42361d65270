using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Recount.Database;
using Recount.Primitives;

namespace Recount.Demo;

/// <summary>A small shop that is recorded, so that the first session somebody watches is their own.</summary>
public static class DemoModule
{
    /// <summary>The recorder writes styles into its own frames, and the shop frames its own reviews; nothing else is let in.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
        + "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'";

    private static readonly EmbeddedFiles Files = new(typeof(DemoModule).Assembly, "Recount.Demo/");

    public static IServiceCollection AddDemo(this IServiceCollection services)
    {
        services.AddRecountOptions<DemoOptions>(DemoOptions.Section);
        services.AddSingleton<DemoApp>();
        return services;
    }

    public static IEndpointRouteBuilder MapDemo(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/demo/config.js", ConfigAsync);
        routes.MapGet("/demo/api/products", (HttpContext context) => Send(context, "api/products.json"));
        routes.MapGet("/demo/api/slow", SlowAsync);
        routes.MapGet("/demo/{**path}", Page);
        return routes;
    }

    private static IResult Page(HttpContext context, string? path)
    {
        if (context.Request.Path == "/demo")
        {
            // The shop's addresses are relative to /demo/, and routing takes the two for one.
            return Results.Redirect("/demo/");
        }

        return Send(context, string.IsNullOrEmpty(path) ? "index.html" : path);
    }

    /// <summary>Tells the shop its key. Without a database the shop works and is not recorded.</summary>
    private static async Task ConfigAsync(HttpContext context, DemoApp app, Site site, CancellationToken token)
    {
        string? key = null;
        try
        {
            key = await app.KeyAsync(token);
        }
        catch (Exception away) when (away is DatabaseUnavailableException or TimeoutException)
        {
            // Said by the database's own health; a shop that cannot be recorded is still a shop.
        }

        var host = $"{context.Request.Scheme}://{context.Request.Host}";
        context.Response.ContentType = "text/javascript; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsync($"window.recountDemo = {JsonSerializer.Serialize(new { key, host })};", token);
    }

    private static async Task<IResult> SlowAsync(
        HttpContext context, IOptions<DemoOptions> options, TimeProvider time, CancellationToken token)
    {
        await Task.Delay(options.Value.SlowAnswer, time, token);
        return Send(context, "api/slow.json");
    }

    private static IResult Send(HttpContext context, string path)
    {
        context.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        return Files.Find(path)?.Send(context) ?? Results.NotFound();
    }
}
