using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Recount.Ui;

/// <summary>
/// Style, script and icons of the pages, built by <c>web/app</c> and embedded: the executable needs no files beside it.
/// </summary>
public static class EmbeddedAssets
{
    private const string Prefix = "Recount.Assets.";
    private const string Compressed = ".br";

    private static readonly FrozenDictionary<string, string> MediaTypes = new Dictionary<string, string>
    {
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, Asset> All = Load();

    /// <summary>Address of an asset with its content's hash, so that it can be kept by the browser for ever.</summary>
    public static string Url(string name) =>
        All.TryGetValue(name, out var asset) ? $"/assets/{name}?v={asset.Version}" : $"/assets/{name}";

    internal static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/assets/{name}", Serve);

    private static IResult Serve(HttpContext context, string name)
    {
        if (!All.TryGetValue(name, out var asset))
        {
            return Results.NotFound();
        }

        var headers = context.Response.Headers;
        headers.CacheControl = context.Request.Query["v"] == asset.Version
            ? "public, max-age=31536000, immutable"
            : "no-cache";
        headers.Vary = "Accept-Encoding";
        if (asset.Brotli is { } brotli && AcceptsBrotli(context.Request))
        {
            headers.ContentEncoding = "br";
            return Results.Bytes(brotli, asset.MediaType);
        }

        return Results.Bytes(asset.Plain, asset.MediaType);
    }

    private static bool AcceptsBrotli(HttpRequest request) =>
        request.GetTypedHeaders().AcceptEncoding.Any(encoding => encoding.Value == "br" && encoding.Quality is null or > 0);

    private static FrozenDictionary<string, Asset> Load()
    {
        var assembly = typeof(EmbeddedAssets).Assembly;
        var files = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(name => name[Prefix.Length..], name => Read(assembly, name));
        return files.Where(file => !file.Key.EndsWith(Compressed, StringComparison.Ordinal)).ToFrozenDictionary(
            file => file.Key,
            file => new Asset(
                file.Value,
                files.GetValueOrDefault(file.Key + Compressed),
                MediaTypes.GetValueOrDefault(Path.GetExtension(file.Key), "application/octet-stream"),
                Convert.ToHexStringLower(SHA256.HashData(file.Value))[..12]));
    }

    private static byte[] Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    private sealed record Asset(byte[] Plain, byte[]? Brotli, string MediaType, string Version);
}
