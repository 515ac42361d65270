using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Headers;

namespace Recount.Primitives;

/// <summary>One of <see cref="EmbeddedFiles"/>, and how it is sent to a browser.</summary>
public sealed class EmbeddedFile
{
    internal const string BrotliExtension = ".br";
    internal const string GzipExtension = ".gz";

    /// <summary>Hexadecimal digits of the content's hash that are enough to tell two builds of one file apart.</summary>
    private const int VersionDigits = 12;

    private static readonly FrozenDictionary<string, string> MediaTypes = new Dictionary<string, string>
    {
        [".css"] = "text/css; charset=utf-8",
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".json"] = "application/json",
        [".svg"] = "image/svg+xml",
    }.ToFrozenDictionary();

    private readonly byte[]? brotli;
    private readonly byte[]? gzip;

    internal EmbeddedFile(string path, byte[] content, byte[]? brotli, byte[]? gzip)
    {
        Path = path;
        Content = content;
        MediaType = MediaTypes.GetValueOrDefault(System.IO.Path.GetExtension(path), "application/octet-stream");
        Version = Convert.ToHexStringLower(SHA256.HashData(content))[..VersionDigits];
        this.brotli = brotli;
        this.gzip = gzip;
    }

    /// <summary>Path below the prefix of its <see cref="EmbeddedFiles"/>, with <c>/</c>.</summary>
    public string Path { get; }

    public ReadOnlyMemory<byte> Content { get; }

    public string MediaType { get; }

    /// <summary>Beginning of the content's SHA-256: an address that holds it as <c>?v=</c> may be kept for ever.</summary>
    public string Version { get; }

    /// <summary>
    /// The file, in the smallest form that the browser takes. Kept for ever when it was asked for by its version, else asked
    /// for again each time, unless the caller sets <c>Cache-Control</c> first.
    /// </summary>
    public IResult Send(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.Vary = "Accept-Encoding";
        if (headers.CacheControl.Count == 0)
        {
            headers.CacheControl = context.Request.Query["v"] == Version ? "public, max-age=31536000, immutable" : "no-cache";
        }

        var request = context.Request.GetTypedHeaders();
        if (brotli is not null && Accepts(request, "br"))
        {
            headers.ContentEncoding = "br";
            return Results.Bytes(brotli, MediaType);
        }

        if (gzip is not null && Accepts(request, "gzip"))
        {
            headers.ContentEncoding = "gzip";
            return Results.Bytes(gzip, MediaType);
        }

        return Results.Bytes(Content, MediaType);
    }

    /// <param name="request">Headers of the request.</param>
    /// <param name="encoding">A content coding by its registered name, such as <c>br</c>.</param>
    public static bool Accepts(RequestHeaders request, string encoding) =>
        request.AcceptEncoding.Any(
            item => item.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase) && item.Quality is null or > 0);

    internal static bool IsCompressed(string path) =>
        path.EndsWith(BrotliExtension, StringComparison.Ordinal) || path.EndsWith(GzipExtension, StringComparison.Ordinal);
}
