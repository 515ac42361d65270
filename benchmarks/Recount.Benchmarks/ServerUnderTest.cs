using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Recount.Benchmarks;

/// <summary>A server process that the benchmark started; it says on standard output where it is ready.</summary>
internal sealed class ServerUnderTest : IAsyncDisposable
{
    private static readonly Dictionary<string, string> NoSettings = [];

    /// <summary>One key, one address and one account stand for many: what bounds a single one of them would be the figure.</summary>
    public static readonly IReadOnlyDictionary<string, string> Unlimited = new Dictionary<string, string>
    {
        ["RECOUNT__Capture__KeyRate__ChunksPerSecond"] = "1000000",
        ["RECOUNT__Capture__KeyRate__Burst"] = "1000000",
        ["RECOUNT__Capture__AddressRate__ChunksPerSecond"] = "1000000",
        ["RECOUNT__Capture__AddressRate__Burst"] = "1000000",
        ["RECOUNT__Capture__SessionRate__ChunksPerSecond"] = "1000000",
        ["RECOUNT__Capture__SessionRate__Burst"] = "1000000",
        ["RECOUNT__Recordings__InflateBytesPerSecond"] = "1024 GiB",
        ["RECOUNT__Recordings__InflateBurst"] = "1024 GiB",
    };

    private readonly Process process;

    private ServerUnderTest(Process process, Uri address)
    {
        this.process = process;
        Address = address;
    }

    public Uri Address { get; }

    public IPEndPoint EndPoint => new(IPAddress.Loopback, Address.Port);

    /// <summary>Starts one of this program's own floors.</summary>
    public static Task<ServerUnderTest> StartFloorAsync(CancellationToken token, params string[] verb) =>
        StartAsync(Environment.ProcessPath!, [typeof(ServerUnderTest).Assembly.Location, .. verb], NoSettings, token);

    /// <summary>Starts Recount on a data directory.</summary>
    public static Task<ServerUnderTest> StartRecountAsync(
        string data, string roles, IReadOnlyDictionary<string, string> settings, CancellationToken token)
    {
        var server = Path.Combine(AppContext.BaseDirectory, "Recount.Server.dll");
        return StartAsync(
            "dotnet", [server, "serve", "--data", data, "--port", "0", "--no-demo", "--roles", roles], settings, token);
    }

    /// <summary>Asks the API over the CLI's own way.</summary>
    public static async Task<JsonElement> CliAsync(string data, CancellationToken token, params string[] verb)
    {
        var server = Path.Combine(AppContext.BaseDirectory, "Recount.Server.dll");
        var start = new ProcessStartInfo("dotnet", [server, .. verb, "--data", data, "--json"]) { RedirectStandardOutput = true };
        using var cli = Process.Start(start)!;
        var answer = await JsonSerializer.DeserializeAsync<JsonElement>(cli.StandardOutput.BaseStream, cancellationToken: token);
        await cli.WaitForExitAsync(token);
        return answer;
    }

    /// <summary>Processor seconds it has used.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.StandardInput.Close();
            using var interrupt = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private static async Task<ServerUnderTest> StartAsync(
        string program, string[] arguments, IReadOnlyDictionary<string, string> settings, CancellationToken token)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        while (await process.StandardOutput.ReadLineAsync(token) is { } line)
        {
            if (line.Contains("ready at ", StringComparison.Ordinal))
            {
                _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return new ServerUnderTest(process, new Uri(line[(line.IndexOf("ready at ", StringComparison.Ordinal) + 9)..].Trim()));
            }
        }

        throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended before it was ready.");
    }
}
