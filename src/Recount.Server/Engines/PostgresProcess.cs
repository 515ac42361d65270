using System.Diagnostics;
using System.Globalization;
using Recount.Database;

namespace Recount.Server.Engines;

/// <summary>One run of the postmaster.</summary>
internal sealed class PostgresProcess
{
    private readonly Process process;

    private PostgresProcess(Process process, Task<int> exited, PostgresLog log)
    {
        this.process = process;
        Exited = exited;
        Log = log;
    }

    public int Pid => process.Id;

    /// <summary>Completes with the exit code when it has ended and its last words are in the log.</summary>
    public Task<int> Exited { get; }

    public PostgresLog Log { get; }

    /// <summary>Starts it. It gets SIGINT, PostgreSQL's fast shutdown, when this process ends in whatever way.</summary>
    public static Task<PostgresProcess> StartAsync(
        PostgresBinaries binaries,
        ChildIdentity identity,
        string data,
        string socketDirectory,
        EmbeddedPostgresOptions options,
        PostgresLog log)
    {
        var info = identity.StartInfo(binaries.Postgres, data, "INT");
        info.ArgumentList.Add("-D");
        info.ArgumentList.Add(ChildIdentity.OpenedDirectory);
        foreach (var (name, value) in Settings(socketDirectory, options))
        {
            info.ArgumentList.Add("-c");
            info.ArgumentList.Add($"{name}={value}");
        }

        var started = new TaskCompletionSource<PostgresProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
        var exited = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);

        // The kernel sends the parent-death signal when the *thread* that forked ends, so the thread has to outlive the
        // child: a pool thread would stop PostgreSQL whenever the pool shrinks.
        var thread = new Thread(() => Live(info, log, started, exited))
        {
            IsBackground = true,
            Name = "postgres",
        };
        thread.Start();
        return started.Task;
    }

    /// <summary>Fast shutdown: sessions are ended, everything is written, nothing needs recovery.</summary>
    public void Stop() => Unix.Signal(Pid, Unix.Interrupt);

    /// <summary>Ends it as a crash would; the next start recovers.</summary>
    public void Abort() => Unix.Signal(Pid, Unix.Quit);

    private static void Live(
        ProcessStartInfo info,
        PostgresLog log,
        TaskCompletionSource<PostgresProcess> started,
        TaskCompletionSource<int> exited)
    {
        Process child;
        Task copied;
        try
        {
            child = Process.Start(info)!;
            child.StandardInput.Close();
            copied = Task.WhenAll(log.CopyAsync(child.StandardError), log.CopyAsync(child.StandardOutput));
        }
        catch (Exception failure)
        {
            started.SetException(failure);
            return;
        }

        started.SetResult(new PostgresProcess(child, exited.Task, log));
        child.WaitForExit();

        // The pipe closes when the last backend has left, which after a kill of the postmaster takes a moment.
        copied.Wait();
        exited.SetResult(child.ExitCode);
    }

    private static IEnumerable<(string Name, string Value)> Settings(
        string socketDirectory, EmbeddedPostgresOptions options) =>
    [
        ("listen_addresses", ""),
        ("unix_socket_directories", socketDirectory),
        ("unix_socket_permissions", "0700"),
        ("port", "5432"),
        ("max_connections", options.MaxConnections.ToString(CultureInfo.InvariantCulture)),
        ("shared_buffers", $"{options.SharedBuffers.Bytes >> 10}kB"),
        ("max_wal_size", "1GB"),
        ("password_encryption", "scram-sha-256"),

        // A transaction that was forgotten holds back vacuum and locks; nothing here is idle inside one for long.
        ("idle_in_transaction_session_timeout", "60s"),
        ("jit", "off"),
        ("timezone", "UTC"),
        ("log_timezone", "UTC"),
        ("logging_collector", "off"),
        ("log_destination", "stderr"),
        ("log_min_messages", "warning"),
        ("log_line_prefix", "%m [%p] "),
        ("log_checkpoints", "off"),
        ("lc_messages", "C"),
    ];
}
