using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Recount.Primitives;

namespace Recount.Ui;

/// <summary>Style, script and icons of the pages, built by <c>web/app</c> and <c>web/player</c>.</summary>
public static class EmbeddedAssets
{
    private static readonly EmbeddedFiles Files = new(typeof(EmbeddedAssets).Assembly, "Recount.Assets/");

    /// <summary>Address of an asset with its content's hash, so that it can be kept by the browser for ever.</summary>
    public static string Url(string name) =>
        Files.Find(name) is { } file ? $"/assets/{name}?v={file.Version}" : $"/assets/{name}";

    internal static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/assets/{name}", Send);

    private static IResult Send(HttpContext context, string name) => Files.Find(name)?.Send(context) ?? Results.NotFound();
}
