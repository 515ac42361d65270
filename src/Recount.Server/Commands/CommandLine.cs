using System.CommandLine;
using System.CommandLine.Help;

namespace Recount.Server.Commands;

/// <summary>The command line: one verb per line, each with its own file.</summary>
internal static class CommandLine
{
    /// <summary>Runs one command.</summary>
    /// <returns>The exit code: 0, or 1 when it failed or what it checks does not hold.</returns>
    public static Task<int> RunAsync(string[] args) => RunAsync(args, Console.Out, Console.Error);

    /// <summary>Runs one command with its output elsewhere.</summary>
    public static Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        var configuration = new InvocationConfiguration
        {
            Output = output,
            Error = errors,

            // The server has its own order of stopping, which takes longer than the parser would let it.
            ProcessTerminationTimeout = null,
            EnableDefaultExceptionHandler = false,
        };
        return Root().Parse(args).InvokeAsync(configuration);
    }

    /// <summary>A command of its own name: the parser's root is called what its file is called.</summary>
    private static Command Root()
    {
        var root = new Command("recount", "Recount records sessions, replays them and counts them.")
        {
            CliOptions.Data, CliOptions.Json, CliOptions.Server, new HelpOption(), new VersionOption(),
        };
        root.Add(ServeCommand.Create());
        root.Add(StatusCommand.Create());
        root.Add(SessionsCommand.Create());
        root.Add(ConservationCommand.Create());
        root.Add(VerifyCommand.Create());
        root.Add(DoctorCommand.Create());
        root.Add(AppsCommand.Create());
        root.Add(TokensCommand.Create());
        return root;
    }
}
