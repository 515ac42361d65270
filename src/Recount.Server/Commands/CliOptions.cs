using System.CommandLine;

namespace Recount.Server.Commands;

/// <summary>Options that every verb takes.</summary>
internal static class CliOptions
{
    public static Option<string> Data { get; } = new("--data")
    {
        Description = "The data directory (RECOUNT_DATA, or ./data).",
        HelpName = "DIR",
        Recursive = true,
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("RECOUNT_DATA") ?? "data",
    };

    public static Option<bool> Json { get; } = new("--json")
    {
        Description = "Write JSON, for programs.",
        Recursive = true,
    };

    public static Option<string?> Server { get; } = new("--server")
    {
        Description = "Speak to this server with the API token in RECOUNT_TOKEN, not to the one on the data directory.",
        HelpName = "URL",
        Recursive = true,
    };
}
