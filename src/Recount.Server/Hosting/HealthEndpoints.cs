using Recount.Primitives;

namespace Recount.Server.Hosting;

/// <summary><c>/health/live</c> (the process answers) and <c>/health/ready</c> (each part with its state).</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        // Before every other middleware: programs ask by address, whatever the host, and what checks who is asking may
        // itself wait for the part that is not ready.
        routes.MapGet("/health/live", () => Results.Json(new { Status = "live" })).ShortCircuit();
        routes.MapGet("/health/ready", Ready).ShortCircuit();
    }

    private static IResult Ready(IEnumerable<IHealthPart> parts)
    {
        var health = Health.Of(parts);
        return Results.Json(
            health,
            statusCode: health.Status == "ready" ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}

/// <summary>What <c>/health/ready</c> answers.</summary>
/// <param name="Status"><c>ready</c> when every part is, else <c>not_ready</c>.</param>
/// <param name="Parts">Each part, by name.</param>
internal sealed record Health(string Status, IReadOnlyList<HealthOfPart> Parts)
{
    public static Health Of(IEnumerable<IHealthPart> parts)
    {
        var states = parts
            .Select(part => (part.Name, State: part.Check()))
            .OrderBy(part => part.Name, StringComparer.Ordinal)
            .Select(part => new HealthOfPart(part.Name, part.State.Ready, part.State.State, part.State.Detail))
            .ToArray();
        return new Health(states.All(part => part.Ready) ? "ready" : "not_ready", states);
    }
}

/// <summary>One part of <see cref="Health"/>.</summary>
internal sealed record HealthOfPart(string Name, bool Ready, string State, string? Detail);
