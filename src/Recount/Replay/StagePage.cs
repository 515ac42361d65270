using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Recount.Primitives;

namespace Recount.Replay;

/// <summary>
/// The stage's document and script. It holds nothing of any session: what it may show comes by message from the session
/// page, whose origin it names.
/// </summary>
internal static class StagePage
{
    private const int NonceBytes = 16;

    private static readonly EmbeddedFile? Script = new EmbeddedFiles(typeof(StagePage).Assembly, "Recount.Replay/").Find("stage.js");

    /// <param name="context">The request.</param>
    /// <param name="site">Where the app is.</param>
    /// <param name="app">Host name of the app that frames the stage; the first one when it is none of the app's.</param>
    public static IResult Show(HttpContext context, Site site, string? app)
    {
        var host = site.AppHosts.FirstOrDefault(name => string.Equals(name, app, StringComparison.OrdinalIgnoreCase))
            ?? site.AppHosts[0];
        var origin = new UriBuilder(context.Request.Scheme, host, context.Request.Host.Port ?? -1).Uri
            .GetLeftPart(UriPartial.Authority);
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(NonceBytes));
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline' 'self'; "
            + "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
            + $"frame-ancestors {origin}";
        headers["X-DNS-Prefetch-Control"] = "off";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
        return Results.Text(
            $"""
            <!DOCTYPE html>
            <html lang="en" data-app-origin="{origin}">
            <head><meta charset="utf-8"><title>Stage</title></head>
            <body><script nonce="{nonce}" src="/replay/v1/stage.js?v={Script?.Version}"></script></body>
            </html>

            """,
            "text/html; charset=utf-8");
    }

    public static IResult ShowScript(HttpContext context) => Script?.Send(context) ?? Results.NotFound();
}
