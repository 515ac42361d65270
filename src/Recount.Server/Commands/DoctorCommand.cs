using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Recount.Primitives;
using Recount.Server.Hosting;

namespace Recount.Server.Commands;

/// <summary>
/// <c>recount doctor</c>: whether what must hold holds; with <c>--rebuild</c> restores the database from the archive
/// first. Without a running server it starts one of its own for as long as that takes.
/// </summary>
internal static class DoctorCommand
{
    private static readonly Option<bool> Rebuild = new("--rebuild")
    {
        Description = "Restore sessions, parts and quarantine in the database from the object store. It only adds.",
    };

    private static readonly Option<bool> Reread = new("--reread")
    {
        Description = "Read quarantined chunks again: what this version can read becomes part of its recording.",
    };

    public static Command Create()
    {
        var command = new Command("doctor", "Check the installation; restore its database from the archive.") { Rebuild, Reread };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken token)
    {
        var output = new CommandOutput(parsed.InvocationConfiguration.Output, parsed.GetValue(CliOptions.Json));
        try
        {
            var directory = parsed.GetValue(CliOptions.Data)!;
            var remote = parsed.GetValue(CliOptions.Server);
            var offline = remote is null && DataDirectory.RuntimeDirectoryOf(directory) is null
                ? await OfflineServer.StartAsync(directory, token).ConfigureAwait(false)
                : null;
            await using (offline)
            {
                using var api = ApiClient.Connect(directory, remote, Environment.GetEnvironmentVariable("RECOUNT_TOKEN"));
                return await ExamineAsync(api, output, parsed, token).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (failure is CommandException or IOException or OptionsValidationException
            or FormatException)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync(failure.Message).ConfigureAwait(false);
            return 1;
        }
    }

    private static async Task<int> ExamineAsync(
        ApiClient api, CommandOutput output, ParseResult parsed, CancellationToken token)
    {
        var report = parsed.GetValue(Rebuild) ? await RebuildAsync(api, output, token).ConfigureAwait(false) : null;
        var reread = parsed.GetValue(Reread)
            ? await api.PostAsync<RereadResult>("/api/v1/doctor/reread", new { }, token).ConfigureAwait(false)
            : null;
        var diagnosis = await api.GetAsync<Diagnosis>("/api/v1/doctor", token).ConfigureAwait(false);
        output.Write(new { diagnosis.Holds, diagnosis.Checks, Rebuild = report, Reread = reread }, () =>
        {
            if (reread is not null)
            {
                output.Line($"{reread.Resolved:N0} of {reread.Read:N0} quarantined chunks can be read now.");
            }

            output.Table(
                ["check", "holds", ""],
                diagnosis.Checks.Select(check => new[] { check.Check, check.Holds ? "yes" : "NO", check.Detail }));
        });
        return diagnosis.Holds && (report is null || report.Faults.Count == 0) ? 0 : 1;
    }

    private static async Task<Report> RebuildAsync(ApiClient api, CommandOutput output, CancellationToken token)
    {
        using var response = await api
            .SendAsync(HttpMethod.Post, "/api/v1/doctor/rebuild", null, token).ConfigureAwait(false);
        var stream = await response.Content.ReadAsStreamAsync(token).ConfigureAwait(false);
        using var lines = new StreamReader(stream);
        var report = new Report(0, 0, 0, 0, 0, [], false);
        while (await lines.ReadLineAsync(token).ConfigureAwait(false) is { } line)
        {
            report = JsonSerializer.Deserialize<Report>(line, ApiJson.Options)!;
            output.Progress($"{report.Sessions:N0} sessions, {report.Parts:N0} parts, {report.Chunks:N0} chunks");
        }

        output.EndProgress();
        if (!report.IsComplete)
        {
            throw new CommandException("The rebuild ended early; what it restored stays. Run it again.");
        }

        if (!output.IsJson)
        {
            output.Line($"Restored {report.Sessions:N0} sessions with {report.Parts:N0} parts and {report.Chunks:N0} chunks, "
                + $"and {report.Quarantined:N0} quarantined frames. What is left in the intake is indexed by the server.");
            foreach (var fault in report.Faults)
            {
                output.Line($"Not restored: {fault}");
            }
        }

        return report;
    }

    private sealed record Diagnosis(bool Holds, IReadOnlyList<CheckResult> Checks);

    private sealed record RereadResult(int Read, int Resolved);

    private sealed record CheckResult(string Check, bool Holds, string Detail);

    private sealed record Report(
        int Sessions, int Parts, int Chunks, int Quarantined, int ReleasedObjects, IReadOnlyList<string> Faults, bool IsComplete);
}
