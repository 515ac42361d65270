using System.Data.Common;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Logging;
using Recount.Access;
using Recount.Database;
using Recount.Ui.Pages;

namespace Recount.Ui;

/// <summary>
/// Answers what no page or endpoint answered: a person gets a page that says what happened, what was kept and what to
/// do; a program gets a problem document.
/// </summary>
internal sealed partial class FailureHandler(ILogger<FailureHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(
        HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        // With its chunked or half-made answer nothing could be said any more.
        if (httpContext.Response.HasStarted)
        {
            return false;
        }

        var bad = exception as BadHttpRequestException;
        var isOutage = exception is DatabaseUnavailableException or DbException { IsTransient: true };
        if (!isOutage && bad is null)
        {
            LogFailed(httpContext.Request.Path, httpContext.TraceIdentifier, exception);
        }

        httpContext.Response.StatusCode = bad?.StatusCode
            ?? (isOutage ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError);
        await WriteAsync(httpContext, bad?.Message);
        return true;
    }

    /// <summary>Gives an answer that has only a status its page or document.</summary>
    public static Task WriteStatusAsync(HttpContext context) => WriteAsync(context, null);

    private static Task WriteAsync(HttpContext context, string? detail)
    {
        var status = context.Response.StatusCode;
        if (!ApiProblem.IsForPrograms(context.Request))
        {
            return new RazorComponentResult<FailurePage>(new { Status = status, Id = context.TraceIdentifier })
            {
                StatusCode = status,
            }.ExecuteAsync(context);
        }

        return ProblemOf(status).WriteAsync(context, detail);
    }

    private static ApiProblem ProblemOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => ApiProblem.Unauthorized,
        StatusCodes.Status403Forbidden => ApiProblem.Forbidden,
        StatusCodes.Status404NotFound => ApiProblem.NotFound,
        StatusCodes.Status500InternalServerError => ApiProblem.Internal,
        StatusCodes.Status503ServiceUnavailable => ApiProblem.DatabaseUnavailable,
        _ => new ApiProblem(status, "request", "The request is not as this address wants it."),
    };

    [LoggerMessage(LogLevel.Error, "{Path} failed; request {Id}.")]
    private partial void LogFailed(string path, string id, Exception failure);
}
