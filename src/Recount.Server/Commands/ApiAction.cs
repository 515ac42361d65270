using System.CommandLine;

namespace Recount.Server.Commands;

/// <summary>What a verb does that asks the running server.</summary>
/// <returns>The exit code.</returns>
internal delegate Task<int> ApiVerb(
    ApiClient api, CommandOutput output, ParseResult parsed, CancellationToken token);

/// <summary>Runs verbs that ask the running server, and turns their failures into one sentence and exit code 1.</summary>
internal static class ApiAction
{
    public static void SetApiAction(this Command command, ApiVerb verb) =>
        command.SetAction((parsed, token) => RunAsync(parsed, verb, token));

    private static async Task<int> RunAsync(ParseResult parsed, ApiVerb verb, CancellationToken token)
    {
        var output = new CommandOutput(parsed.InvocationConfiguration.Output, parsed.GetValue(CliOptions.Json));
        try
        {
            using var api = ApiClient.Connect(
                parsed.GetValue(CliOptions.Data)!,
                parsed.GetValue(CliOptions.Server),
                Environment.GetEnvironmentVariable("RECOUNT_TOKEN"));
            return await verb(api, output, parsed, token).ConfigureAwait(false);
        }
        catch (CommandException failure)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync(failure.Message).ConfigureAwait(false);
            return 1;
        }
    }
}

/// <summary>A verb cannot do what it was asked; the message is all the user needs.</summary>
internal sealed class CommandException(string message, Exception? inner = null) : Exception(message, inner);
