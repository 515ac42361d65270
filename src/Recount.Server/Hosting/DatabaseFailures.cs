using Microsoft.AspNetCore.Diagnostics;
using Recount.Database;

namespace Recount.Server.Hosting;

/// <summary>Tells a caller that PostgreSQL is away, instead of blaming the request or ourselves.</summary>
internal sealed class DatabaseFailures(IProblemDetailsService problems) : IExceptionHandler
{
    private const string RetryAfterSeconds = "2";

    public ValueTask<bool> TryHandleAsync(
        HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not DatabaseUnavailableException)
        {
            return ValueTask.FromResult(false);
        }

        httpContext.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        httpContext.Response.Headers.RetryAfter = RetryAfterSeconds;
        return problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails =
            {
                Status = StatusCodes.Status503ServiceUnavailable,
                Type = "database_unavailable",
                Title = "The database is not available now. What is being captured is not affected.",
            },
        });
    }
}
