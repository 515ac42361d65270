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
    private const string ScriptResource = "Recount.Replay.stage.js";

    private static readonly byte[]? Script = Load(ScriptResource);
    private static readonly byte[]? CompressedScript = Load(ScriptResource + ".br");
    private static readonly string Version = Script is null ? "" : Convert.ToHexStringLower(SHA256.HashData(Script))[..12];

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
            <body><script nonce="{nonce}" src="/replay/v1/stage.js?v={Version}"></script></body>
            </html>

            """,
            "text/html; charset=utf-8");
    }

    public static IResult ShowScript(HttpContext context)
    {
        if (Script is null)
        {
            return Results.NotFound();
        }

        var headers = context.Response.Headers;
        headers.CacheControl = context.Request.Query["v"] == Version ? "public, max-age=31536000, immutable" : "no-cache";
        headers.Vary = "Accept-Encoding";
        var compressed = CompressedScript is not null && AcceptsBrotli(context.Request);
        if (compressed)
        {
            headers.ContentEncoding = "br";
        }

        return Results.Bytes(compressed ? CompressedScript! : Script, "text/javascript; charset=utf-8");
    }

    public static bool AcceptsBrotli(HttpRequest request) =>
        request.GetTypedHeaders().AcceptEncoding.Any(encoding => encoding.Value == "br" && encoding.Quality is null or > 0);

    private static byte[]? Load(string name)
    {
        using var stream = typeof(StagePage).Assembly.GetManifestResourceStream(name);
        if (stream is null)
        {
            return null;
        }

        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
