using System.Data.Common;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
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

    private static async Task WriteAsync(HttpContext context, string? detail)
    {
        var status = context.Response.StatusCode;
        if (ApiProblem.IsForPrograms(context.Request))
        {
            await ProblemOf(status).WriteAsync(context, detail);
            return;
        }

        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = "5";
        }

        await context.Response.WriteAsync(await RenderAsync(context, status), context.RequestAborted);
    }

    /// <summary>In a scope of its own: the request's renderer may be what failed, and renders no second page.</summary>
    private static async Task<string> RenderAsync(HttpContext context, int status)
    {
        await using var scope = context.RequestServices.CreateAsyncScope();
        await using var renderer = new HtmlRenderer(
            scope.ServiceProvider, scope.ServiceProvider.GetRequiredService<ILoggerFactory>());
        var parameters = ParameterView.FromDictionary(new Dictionary<string, object?>
        {
            [nameof(FailurePage.Status)] = status,
            [nameof(FailurePage.Id)] = context.TraceIdentifier,
            [nameof(FailurePage.Retry)] = Retry(context.Request, status),
            [nameof(FailurePage.OfSession)] = context.Request.Path.StartsWithSegments("/sessions"),
        });
        return await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<FailurePage>(parameters)).ToHtmlString());
    }

    /// <summary>A form is not sent again by itself.</summary>
    private static string? Retry(HttpRequest request, int status) =>
        status == StatusCodes.Status503ServiceUnavailable && HttpMethods.IsGet(request.Method)
            ? request.PathBase + request.Path + request.QueryString
            : null;

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
