using Recount.Primitives;

namespace Recount.Server.Hosting;

/// <summary>
/// Keeps the app and recorded content on different hosts. A recording is somebody else's page: on a host of its own it
/// shares no origin, cookie or storage with the app, whatever it manages to do.
/// </summary>
internal sealed class HostRouting(RequestDelegate next, Site site)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.IsCli())
        {
            return next(context);
        }

        var host = context.Request.Host.Host;
        var isReplay = string.Equals(host, site.ReplayHost, StringComparison.OrdinalIgnoreCase);
        var isPort = context.Request.Host.Port is not (< 0 or > ushort.MaxValue);
        if (!isPort || (!isReplay && !site.AppHosts.Contains(host, StringComparer.OrdinalIgnoreCase)))
        {
            return Refuse(context, StatusCodes.Status421MisdirectedRequest, "This server does not serve that host.");
        }

        var isReplayEndpoint = context.GetEndpoint()?.Metadata.GetMetadata<ReplayHostOnly>() is not null;
        return isReplay == isReplayEndpoint
            ? next(context)
            : Refuse(context, StatusCodes.Status404NotFound, "That is not served on this host.");
    }

    private static Task Refuse(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
