using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Recount.Server.Hosting;

/// <summary>What the API is, for programs that read such things: <c>/api/v1/openapi.json</c>.</summary>
internal static class ApiDescription
{
    private const string Version = "v1";
    private const string Scheme = "token";

    public static void AddApiDescription(this IServiceCollection services) => services.AddOpenApi(Version, options =>
    {
        options.ShouldInclude = api => api.RelativePath?.StartsWith("api/v1/", StringComparison.Ordinal) ?? false;
        options.AddDocumentTransformer(DescribeAsync);
    });

    /// <summary>Open to anybody: it says what may be asked, and nothing of what is there.</summary>
    public static void MapApiDescription(this IEndpointRouteBuilder routes) =>
        routes.MapOpenApi("/api/{documentName}/openapi.json").AllowAnonymous();

    private static Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken token)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Recount",
            Version = Version,
            Description =
                "Times are RFC 3339 in UTC, durations are ms, cursors are opaque. Errors are problem documents (RFC 9457) "
                + "whose type never changes.",
        };

        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Scheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "An API token, as `recount tokens create` prints it.",
            },
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
        return Task.CompletedTask;
    }
}
