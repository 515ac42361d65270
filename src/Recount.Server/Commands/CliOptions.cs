using System.CommandLine;

namespace Recount.Server.Commands;

/// <summary>Options that every verb takes.</summary>
internal static class CliOptions
{
    /// <summary>An argument that is an id; what is none is answered in words.</summary>
    /// <param name="name">As it is shown.</param>
    /// <param name="description">What the id is of.</param>
    /// <param name="verb">The verb that shows the ids there are.</param>
    public static Argument<Guid> Id(string name, string description, string verb) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (!Guid.TryParse(text, out var id))
            {
                result.AddError($"'{text}' is no id; recount {verb} shows those there are.");
            }

            return id;
        },
    };

    public static Option<string> Data { get; } = new("--data")
    {
        Description = "The data directory, or RECOUNT_DATA.",
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
