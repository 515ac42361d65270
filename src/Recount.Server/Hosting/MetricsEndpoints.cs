using System.Net;
using Microsoft.Extensions.Options;
using Recount.Primitives;

namespace Recount.Server.Hosting;

/// <summary><c>/metrics</c> in Prometheus' text format, for this machine unless told otherwise.</summary>
internal static class MetricsEndpoints
{
    public static void MapMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/metrics", Write).ShortCircuit();

    private static IResult Write(HttpContext context, MetricsCollector metrics, IOptions<ServerOptions> options)
    {
        var isNear = context.IsCli()
            || (context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address));
        return isNear || options.Value.PublicMetrics
            ? Results.Text(metrics.ToPrometheus(), "text/plain; version=0.0.4; charset=utf-8")
            : Results.Problem(
                statusCode: StatusCodes.Status403Forbidden,
                title: "Metrics are for this machine only; Server:PublicMetrics opens them.");
    }
}
