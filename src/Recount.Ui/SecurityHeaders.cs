using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Recount.Ui;

/// <summary>
/// The headers that every page and API answer carries. An endpoint that needs another value sets it itself; the capture
/// endpoint answers programs on other sites and is left alone.
/// </summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments("/capture"))
        {
            context.Response.OnStarting(Add, context);
        }

        return next(context);
    }

    private static Task Add(object state)
    {
        var context = (HttpContext)state;
        var headers = context.Response.Headers;
        headers.TryAdd("X-Content-Type-Options", "nosniff");
        headers.TryAdd("Referrer-Policy", "same-origin");
        headers.TryAdd("Cross-Origin-Opener-Policy", "same-origin");
        if (!headers.ContainsKey("Content-Security-Policy"))
        {
            headers.ContentSecurityPolicy =
                context.RequestServices.GetRequiredService<ContentSecurityPolicy>().ToString();
        }

        if (context.Request.IsHttps)
        {
            headers.TryAdd("Strict-Transport-Security", "max-age=31536000");
        }

        return Task.CompletedTask;
    }
}
