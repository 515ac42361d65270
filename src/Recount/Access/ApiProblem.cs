using Microsoft.AspNetCore.Http;

namespace Recount.Access;

/// <summary>An error of the API: an RFC 9457 problem document whose <c>type</c> never changes.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Name">Last part of the type, <c>urn:recount:problem:NAME</c>.</param>
/// <param name="Title">What happened, in a sentence.</param>
public sealed record ApiProblem(int Status, string Name, string Title)
{
    private const string MediaType = "application/problem+json";

    public static ApiProblem Unauthorized { get; } = new(
        401, "unauthorized", "Sign in, or send an API token in the Authorization header.");

    public static ApiProblem Forbidden { get; } = new(403, "forbidden", "Your role may not do this.");

    public static ApiProblem NotFound { get; } = new(404, "not_found", "The account has nothing of that id.");

    public static ApiProblem CrossSite { get; } = new(
        400, "antiforgery", "A change made with a cookie needs the page's antiforgery token.");

    public static ApiProblem DatabaseUnavailable { get; } = new(
        503, "database_unavailable", "The database does not answer at present; recording goes on. Try again.");

    public static ApiProblem Internal { get; } = new(500, "internal", "This request failed; its id is in the log.");

    public string Type => $"urn:recount:problem:{Name}";

    /// <summary>True for addresses that programs call: their errors are documents, not pages.</summary>
    public static bool IsForPrograms(HttpRequest request) =>
        request.Path.StartsWithSegments("/api") || request.Path.StartsWithSegments("/replay")
        || request.Path.StartsWithSegments("/capture");

    public IResult ToResult(string? detail = null) =>
        Results.Json(Document(null, detail), statusCode: Status, contentType: MediaType);

    public Task WriteAsync(HttpContext context, string? detail = null)
    {
        context.Response.StatusCode = Status;
        if (Status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = "5";
        }

        if (Status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        return context.Response.WriteAsJsonAsync(
            Document(context.TraceIdentifier, detail), options: null, MediaType, context.RequestAborted);
    }

    private Dictionary<string, object> Document(string? id, string? detail)
    {
        var document = new Dictionary<string, object> { ["type"] = Type, ["title"] = Title, ["status"] = Status };
        if (detail is not null)
        {
            document["detail"] = detail;
        }

        if (id is not null)
        {
            document["instance"] = $"urn:recount:request:{id}";
        }

        return document;
    }
}
