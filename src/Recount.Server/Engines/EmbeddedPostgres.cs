using Microsoft.Extensions.Options;
using Npgsql;
using Recount.Database;
using Recount.Primitives;

namespace Recount.Server.Engines;

/// <summary>
/// PostgreSQL as a supervised child process: made at the first start, started again with back-off when it dies, stopped
/// cleanly with us, and gone soon after us however we end.
/// </summary>
public sealed partial class EmbeddedPostgres : BackgroundService, IDatabaseEngine, IHealthPart
{
    private static readonly TimeSpan FirstRestartDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan ConnectPeriod = TimeSpan.FromMilliseconds(25);
    private readonly EmbeddedPostgresOptions settings;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly PostgresCluster cluster;
    private readonly ChildIdentity identity;
    private readonly PostgresLog output;
    private readonly string socketDirectory;
    private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PostgresBinaries? binaries;
    private volatile HealthState state = new(false, "starting");

    public EmbeddedPostgres(
        DataDirectory directory,
        IFileSystem files,
        IOptions<DatabaseOptions> options,
        TimeProvider time,
        ILogger<EmbeddedPostgres> log)
    {
        settings = options.Value.Embedded;
        this.time = time;
        this.log = log;
        cluster = new PostgresCluster(files, Path.Combine(directory.Root, "postgres"));
        identity = new ChildIdentity(Environment.IsPrivilegedProcess ? (uint)settings.Uid : null);
        socketDirectory = RuntimeDirectory.EngineDirectory(directory.RuntimeDirectory);
        var logs = Path.Combine(directory.Root, "log");
        files.CreateDirectory(logs);
        output = new PostgresLog(Path.Combine(logs, "postgres.log"), settings.LogSize);
    }

    public string Name => "postgres";

    /// <summary>The postmaster's process id while one runs, else null.</summary>
    public int? Pid { get; private set; }

    public HealthState Check() => state;

    public async Task<DatabaseConnections> WaitUntilStartedAsync(CancellationToken token)
    {
        await started.Task.WaitAsync(token).ConfigureAwait(false);
        return new DatabaseConnections(
            Connection(PostgresRoles.Owner, PostgresRoles.Database),
            Connection(Migrator.RuntimeRole, PostgresRoles.Database));
    }

    /// <summary>Connection string of the superuser, for what only it may do.</summary>
    internal string Superuser => Connection("postgres", "postgres");

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // Without binaries no later attempt can succeed, so it is an error of the start.
        binaries = PostgresBinaries.Find(settings.BinDirectory, cluster.Major);
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var delay = FirstRestartDelay;
        while (!stoppingToken.IsCancellationRequested)
        {
            var began = time.GetTimestamp();
            try
            {
                await RunAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                Fail(failure);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            if (!stoppingToken.IsCancellationRequested)
            {
                delay = time.GetElapsedTime(began) > settings.MaxRestartDelay
                    ? FirstRestartDelay
                    : TimeSpan.FromTicks(Math.Min((delay * 2).Ticks, settings.MaxRestartDelay.Ticks));
                await Task.Delay(delay, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task RunAsync(CancellationToken token)
    {
        var usable = await PrepareAsync(token).ConfigureAwait(false);
        var process = await PostgresProcess
            .StartAsync(usable, identity, cluster.Data, socketDirectory, settings, output).ConfigureAwait(false);
        Pid = process.Pid;
        try
        {
            await AcceptAsync(process, token).ConfigureAwait(false);
            await PostgresRoles.EnsureAsync(Superuser, cluster, token).ConfigureAwait(false);
            state = new HealthState(true, "running", $"PostgreSQL {usable.Version}");
            LogRunning(usable.Version, process.Pid);
            started.TrySetResult();
            var code = await process.Exited.WaitAsync(token).ConfigureAwait(false);
            throw new DatabaseUnavailableException($"PostgreSQL ended with exit code {code}: {output.Tail}");
        }
        finally
        {
            await StopAsync(process).ConfigureAwait(false);
            Pid = null;
        }
    }

    private async Task<PostgresBinaries> PrepareAsync(CancellationToken token)
    {
        var usable = PostgresReach.Ensure(binaries!, identity);
        if (Directory.Exists(cluster.Data))
        {
            await new PostgresPredecessor(cluster.Data).LeaveAsync(settings.PredecessorTimeout, time, token)
                .ConfigureAwait(false);
        }

        // New for each run: a socket that a killed server left is nobody's.
        if (Directory.Exists(socketDirectory))
        {
            Directory.Delete(socketDirectory, recursive: true);
        }

        Directory.CreateDirectory(
            socketDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        cluster.Create(usable, identity, socketDirectory);
        if (identity.Uid is { } uid)
        {
            Unix.ChangeOwner(socketDirectory, uid);
            Unix.ChangeOwner(cluster.Data, uid);
        }

        return usable;
    }

    private async Task AcceptAsync(PostgresProcess process, CancellationToken token)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            try
            {
                var connection = new NpgsqlConnection(Superuser);
                await using (connection.ConfigureAwait(false))
                {
                    await connection.OpenAsync(token).ConfigureAwait(false);
                    return;
                }
            }
            catch (NpgsqlException failure) when (failure is not PostgresException { SqlState: not "57P03" })
            {
                // Not listening yet, or recovering (57P03).
                if (process.Exited.IsCompleted)
                {
                    throw new DatabaseUnavailableException($"PostgreSQL did not start: {output.Tail}");
                }

                if (time.GetElapsedTime(began) > settings.StartTimeout)
                {
                    throw new DatabaseUnavailableException(
                        $"PostgreSQL did not accept connections within {settings.StartTimeout}: {output.Tail}", failure);
                }
            }

            await Task.Delay(ConnectPeriod, time, token).ConfigureAwait(false);
        }
    }

    private async Task StopAsync(PostgresProcess process)
    {
        foreach (var stop in new Action[] { process.Stop, process.Abort, () => Unix.Signal(process.Pid, Unix.KillNow) })
        {
            if (process.Exited.IsCompleted)
            {
                return;
            }

            stop();
            await Task.WhenAny(process.Exited, Task.Delay(settings.StopTimeout, time)).ConfigureAwait(false);
        }
    }

    private void Fail(Exception failure)
    {
        state = new HealthState(false, "restarting", failure.Message);
        LogFailed(failure.Message);
    }

    private string Connection(string role, string database) => new NpgsqlConnectionStringBuilder
    {
        Host = socketDirectory,
        Port = 5432,
        Username = role,
        Password = cluster.Password(role),
        Database = database,
        Pooling = role == Migrator.RuntimeRole,
        Timeout = 5,
    }.ConnectionString;
}
