using System.CommandLine;
using System.Net;
using Recount.Server.Hosting;

namespace Recount.Server.Commands;

/// <summary><c>recount status</c>: how each part of the running server is. Exit code 0 only when all are ready.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        var command = new Command("status", "Show how each part of the running server is.");
        command.SetApiAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(
        ApiClient api, CommandOutput output, ParseResult parsed, CancellationToken token)
    {
        var health = await api
            .GetAsync<Health>("/health/ready", token, HttpStatusCode.ServiceUnavailable).ConfigureAwait(false);
        output.Write(health, () =>
        {
            output.Table(
                ["part", "state", ""], health.Parts.Select(part => new[] { part.Name, part.State, part.Detail ?? "" }));
        });
        return health.Status == "ready" ? 0 : 1;
    }
}
