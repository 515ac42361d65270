using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Recount.Primitives;

namespace Recount.FaultTests.Infrastructure;

/// <summary>How a <see cref="ServerProcess"/> is started.</summary>
public sealed record ServerStart
{
    /// <summary>The data directory; it outlives the process, so that another one can be started on it.</summary>
    public required string Data { get; init; }

    /// <summary>TCP port; 0 takes a free one, which is known only once the server is ready.</summary>
    public int Port { get; init; }

    /// <summary>Environment beside what the test has: <c>RECOUNT__Capture__DiskReserve</c>, <c>RECOUNT_FAILPOINT</c> …</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Arguments of <c>serve</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>A program and its arguments that run the server: <c>strace -f …</c>, <c>faketime -f +2y</c>.</summary>
    public IReadOnlyList<string> Wrapper { get; init; } = [];

    /// <summary>Whether the demo shop is served.</summary>
    public bool Demo { get; init; }

    /// <summary>False to return once the process answers at all, with its database or without; needs a port.</summary>
    public bool UntilReady { get; init; } = true;
}

/// <summary>The real server, as a process of its own on a free port and a data directory of the test's.</summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(25);
    private readonly Process process;
    private readonly ConcurrentQueue<string> output = new();
    private readonly TaskCompletionSource<Uri> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string data;
    private readonly bool isWrapped;

    private ServerProcess(ServerStart start)
    {
        data = start.Data;
        isWrapped = start.Wrapper.Count > 0;
        process = new Process { StartInfo = StartInfo(start), EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Where the app is: <c>http://localhost:PORT</c>.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>The server's own process, whatever runs it.</summary>
    public int Pid => isWrapped
        ? int.Parse(
            File.ReadAllText($"/proc/{process.Id}/task/{process.Id}/children").Split(' ')[0], CultureInfo.InvariantCulture)
        : process.Id;

    /// <summary>Everything it wrote so far, for messages of failing tests.</summary>
    public string Output => string.Join('\n', output);

    public bool HasExited => process.HasExited;

    /// <summary>Starts a server and waits until it is ready.</summary>
    /// <exception cref="InvalidOperationException">It ended or did not become ready; the message has its output.</exception>
    public static async Task<ServerProcess> StartAsync(ServerStart start)
    {
        var server = new ServerProcess(start);
        try
        {
            server.Address = start.UntilReady
                ? await server.ReadyAsync()
                : await server.AnswersAsync(new Uri($"http://localhost:{start.Port}"));
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public static Task<ServerProcess> StartAsync(string data, params (string Name, string Value)[] environment) =>
        StartAsync(new ServerStart
        {
            Data = data,
            Environment = environment.ToDictionary(item => item.Name, item => item.Value),
        });

    /// <summary>A client of the app; a base address and nothing else.</summary>
    public HttpClient CreateClient() => new() { BaseAddress = Address };

    /// <summary>A client of the Unix socket, which has the rights of the command line.</summary>
    public HttpClient CreateCliClient()
    {
        var socket = Path.Combine(DataDirectory.RuntimeDirectoryOf(data)!, CliConnection.SocketName);
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), token);
                return new NetworkStream(connection, ownsSocket: true);
            },
        };
        return new HttpClient(handler) { BaseAddress = new Uri("http://localhost") };
    }

    /// <summary>Makes an app.</summary>
    /// <returns>Its capture key.</returns>
    public async Task<string> CreateAppAsync(string name)
    {
        using var cli = CreateCliClient();
        using var response = await cli.PostAsJsonAsync("/api/v1/apps", new { name });
        var answer = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {answer}");
        return JsonDocument.Parse(answer).RootElement.GetProperty("key").GetString()!;
    }

    /// <summary>Stops it as an operator does.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        if (!process.HasExited)
        {
            Signal(Pid, SigTerm);
        }

        return await ExitedAsync();
    }

    /// <summary>Ends it as the kernel does when memory is short: nothing in it gets to run.</summary>
    public async Task KillAsync()
    {
        if (!process.HasExited)
        {
            Signal(Pid, SigKill);
        }

        await ExitedAsync();
    }

    /// <summary>Waits until it has ended by itself.</summary>
    /// <returns>The exit code; 137 after SIGKILL.</returns>
    public async Task<int> ExitedAsync()
    {
        await process.WaitForExitAsync().WaitAsync(StopTimeout);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            try
            {
                await StopAsync();
            }
            catch (Exception failure) when (failure is TimeoutException or IOException or FormatException)
            {
                process.Kill(entireProcessTree: true);
                await ExitedAsync();
            }
        }

        process.Dispose();
    }

    /// <summary>A port that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static ProcessStartInfo StartInfo(ServerStart start)
    {
        var server = Path.Combine(AppContext.BaseDirectory, "Recount.Server.dll");
        var command = new List<string>(start.Wrapper)
        {
            Environment.ProcessPath is { } self && Path.GetFileName(self) == "dotnet" ? self : "dotnet",
            server, "serve", "--data", start.Data, "--port", start.Port.ToString(CultureInfo.InvariantCulture),
        };
        if (!start.Demo)
        {
            command.Add("--no-demo");
        }

        command.AddRange(start.Arguments);
        var info = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in start.Environment)
        {
            info.Environment[name] = value;
        }

        return info;
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        output.Enqueue(line);
        if (ReadyLine().Match(line) is { Success: true } match)
        {
            ready.TrySetResult(new Uri(match.Groups[1].Value));
        }
    }

    private async Task<Uri> ReadyAsync()
    {
        var ended = process.WaitForExitAsync();
        var first = await Task.WhenAny(ready.Task, ended, Task.Delay(StartTimeout));
        return first == ready.Task ? await ready.Task : throw NotStarted();
    }

    private async Task<Uri> AnswersAsync(Uri address)
    {
        using var client = new HttpClient { BaseAddress = address };
        using var timer = new PeriodicTimer(Period);
        using var end = new CancellationTokenSource(StartTimeout);
        while (!process.HasExited && !end.IsCancellationRequested)
        {
            try
            {
                using var response = await client.GetAsync("/health/live", end.Token);
                return address;
            }
            catch (HttpRequestException)
            {
                await timer.WaitForNextTickAsync(end.Token);
            }
        }

        throw NotStarted();
    }

    private InvalidOperationException NotStarted() =>
        new($"The server {(process.HasExited ? $"ended with {process.ExitCode}" : "did not become ready")}:\n{Output}");

    private static void Signal(int pid, int signal) => _ = Kill(pid, signal);

    private const int SigTerm = 15;
    private const int SigKill = 9;

    [System.Runtime.InteropServices.LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);

    [GeneratedRegex("^Recount is ready at (http\\S+)")]
    private static partial Regex ReadyLine();
}
