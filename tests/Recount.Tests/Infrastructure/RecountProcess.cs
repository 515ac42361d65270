using System.Diagnostics;
using System.Globalization;
using System.Text;
using Npgsql;
using Recount.Primitives;
using Recount.Server.Commands;
using Recount.Server.Engines;

namespace Recount.Tests.Infrastructure;

/// <summary>The real server as a process of its own, on a free port.</summary>
internal sealed class RecountProcess : IAsyncDisposable
{
    private const int Terminate = 15;
    private const int KillNow = 9;
    private readonly Process process;
    private readonly string data;
    private readonly StringBuilder output = new();
    private readonly StringBuilder errors = new();
    private readonly TaskCompletionSource<Uri> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task copied;

    private RecountProcess(Process process, string data)
    {
        this.process = process;
        this.data = data;
        copied = Task.WhenAll(CopyAsync(process.StandardOutput, output), CopyAsync(process.StandardError, errors));
    }

    public int Pid => process.Id;

    /// <summary>What it wrote to standard error so far.</summary>
    public string Errors
    {
        get
        {
            lock (errors)
            {
                return errors.ToString();
            }
        }
    }

    /// <summary>Starts <c>serve</c> without waiting for anything.</summary>
    /// <param name="data">The data directory.</param>
    /// <param name="environment">Configuration: <c>RECOUNT__Section__Key</c>.</param>
    /// <param name="user">A user to run as, as setpriv takes it; null for our own.</param>
    /// <param name="arguments">Further arguments.</param>
    public static RecountProcess Start(
        string data,
        IReadOnlyDictionary<string, string>? environment = null,
        string? user = null,
        params string[] arguments)
    {
        var server = Path.Combine(AppContext.BaseDirectory, "Recount.Server.dll");
        string[] command = ["dotnet", server, "serve", "--data", data, .. arguments];
        if (user is not null)
        {
            command = ["setpriv", $"--reuid={user}", $"--regid={user}", "--clear-groups", .. command];
        }

        var info = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment["RECOUNT__Server__Port"] = "0";
        if (user is not null)
        {
            info.Environment["HOME"] = "/nonexistent";
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            info.Environment[name] = value;
        }

        return new RecountProcess(Process.Start(info)!, data);
    }

    /// <summary>Waits for the ready line.</summary>
    /// <returns>The address it names.</returns>
    public async Task<Uri> ReadyAsync()
    {
        var first = await Task.WhenAny(ready.Task, process.WaitForExitAsync(), Task.Delay(TimeSpan.FromMinutes(2)));
        return first == ready.Task
            ? await ready.Task
            : throw new InvalidOperationException($"The server did not become ready: {Errors}");
    }

    /// <summary>A client of its Unix socket.</summary>
    public async Task<ApiClient> ConnectAsync()
    {
        ApiClient? client = null;
        await Eventually.TrueAsync(
            () =>
            {
                try
                {
                    client = ApiClient.Connect(data, null, null);
                    return true;
                }
                catch (CommandException)
                {
                    return false;
                }
            },
            () => $"The server has no socket: {Errors}");
        return client!;
    }

    /// <summary>A connection to its embedded database as the role that owns the schema.</summary>
    public async Task<NpgsqlConnection> OpenDatabaseAsync()
    {
        var cluster = new PostgresCluster(new PosixFileSystem(), Path.Combine(data, "postgres"));
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder
        {
            Host = RuntimeDirectory.EngineDirectory(DataDirectory.RuntimeDirectoryOf(data)!),
            Port = 5432,
            Database = PostgresRoles.Database,
            Username = PostgresRoles.Owner,
            Password = cluster.Password(PostgresRoles.Owner),
            Pooling = false,
        }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>The postmaster that works on the data directory, or null.</summary>
    public static int? PostmasterOf(string data)
    {
        var file = Path.Combine(data, "postgres/data/postmaster.pid");
        try
        {
            var pid = int.Parse(File.ReadLines(file).First(), CultureInfo.InvariantCulture);
            return File.Exists($"/proc/{pid}/cmdline") ? pid : null;
        }
        catch (Exception missing) when (missing is IOException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>SIGKILL, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        Unix.Signal(Pid, KillNow);
        await process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, and waits until it is gone.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        Unix.Signal(Pid, Terminate);
        return await ExitAsync();
    }

    /// <summary>Waits until it ends by itself.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExitAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The server did not end: {Errors}");
        }

        await copied;
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await StopAsync();
        }

        process.Dispose();
    }

    private async Task CopyAsync(StreamReader from, StringBuilder to)
    {
        const string readyLine = "Recount is ready at ";
        while (await from.ReadLineAsync() is { } line)
        {
            lock (to)
            {
                to.AppendLine(line);
            }

            if (line.StartsWith(readyLine, StringComparison.Ordinal))
            {
                ready.TrySetResult(new Uri(line[readyLine.Length..]));
            }
        }
    }
}
