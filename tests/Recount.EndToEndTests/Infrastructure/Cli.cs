using System.Diagnostics;
using System.Text.Json;

namespace Recount.EndToEndTests.Infrastructure;

/// <summary>What a verb of the command line did.</summary>
public sealed record CliResult(int ExitCode, string Output, string Errors)
{
    /// <summary>What it wrote under <c>--json</c>.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;
}

/// <summary>The command line, as a process of its own.</summary>
public static class Cli
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public static Task<CliResult> RunAsync(Installation installation, params string[] arguments) =>
        RunAsync([.. arguments, "--data", installation.Data], null);

    /// <summary>Runs it against another machine's server, as far as it can know.</summary>
    public static Task<CliResult> RunRemoteAsync(Installation installation, string apiToken, params string[] arguments) =>
        RunAsync([.. arguments, "--data", "/nonexistent", "--server", installation.Address.ToString()], apiToken);

    private static async Task<CliResult> RunAsync(string[] arguments, string? apiToken)
    {
        var info = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Recount.Server.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment["RECOUNT_TOKEN"] = apiToken;
        using var process = Process.Start(info)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Limit);
        return new CliResult(process.ExitCode, await output, await errors);
    }
}
