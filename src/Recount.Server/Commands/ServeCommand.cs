using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Options;
using Recount.Database;
using Recount.Primitives;
using Recount.Server.Hosting;

namespace Recount.Server.Commands;

/// <summary><c>recount serve</c>: runs the server in the foreground until it is told to stop.</summary>
internal static class ServeCommand
{
    private static readonly Option<int?> Port = new("--port") { Description = "TCP port (5080).", HelpName = "N" };

    private static readonly Option<string?> Listen = new("--listen")
    {
        Description = "IP address to listen on beyond loopback; wants TLS or trusted proxies.",
        HelpName = "ADDRESS",
    };

    private static readonly Option<bool> NoDemo = new("--no-demo") { Description = "Do not serve the demo shop." };

    private static readonly Option<string?> Roles = new("--roles")
    {
        Description = $"Only these roles, with commas between them: {string.Join(", ", ProcessRoles.Known)}.",
        HelpName = "ROLES",
    };

    public static Command Create()
    {
        var command = new Command("serve", "Run the server.") { Port, Listen, NoDemo, Roles };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken token)
    {
        try
        {
            await ServeAsync(parsed.GetValue(CliOptions.Data)!, Flags(parsed), token).ConfigureAwait(false);
            return 0;
        }
        catch (OptionsValidationException invalid)
        {
            foreach (var failure in invalid.Failures)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(failure).ConfigureAwait(false);
            }

            return 1;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FormatException
            or InvalidOperationException or DatabaseRefusedException or PlatformNotSupportedException)
        {
            await parsed.InvocationConfiguration.Error
                .WriteLineAsync($"Recount could not start: {Explain(failure)}").ConfigureAwait(false);
            return 1;
        }
    }

    private static async Task ServeAsync(
        string directory, Dictionary<string, string?> flags, CancellationToken token)
    {
        var files = new PosixFileSystem();
        var configuration = RecountHost.Configure(directory, flags);
        using var data = DataDirectory.Open(files, directory, configuration["Server:RuntimeDirectory"]);
        var app = RecountHost.Build(data, files, configuration);
        await using (app.ConfigureAwait(false))
        {
            app.Services.GetRequiredService<IStartupValidator>().Validate();
            await app.RunAsync(token).ConfigureAwait(false);
        }
    }

    private static Dictionary<string, string?> Flags(ParseResult parsed)
    {
        var flags = new Dictionary<string, string?>();
        Set("Server:Port", parsed.GetValue(Port)?.ToString(CultureInfo.InvariantCulture));
        Set("Server:Listen", parsed.GetValue(Listen));
        Set("Server:Roles", parsed.GetValue(Roles));
        Set("Server:Demo", parsed.GetValue(NoDemo) ? "false" : null);
        return flags;

        void Set(string key, string? value)
        {
            if (value is not null)
            {
                flags[key] = value;
            }
        }
    }

    private static string Explain(Exception failure) =>
        failure.Message.Contains("address already in use", StringComparison.OrdinalIgnoreCase)
            ? $"{failure.Message} Choose another port with --port."
            : failure.InnerException is { } inner && failure is InvalidOperationException
                ? $"{failure.Message} {inner.Message}"
                : failure.Message;
}
