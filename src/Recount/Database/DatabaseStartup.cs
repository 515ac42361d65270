using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Recount.Database;

/// <summary>
/// Reaches the database, checks and applies its migrations, and says from then on whether it answers. It retries for
/// ever: capture goes on without PostgreSQL, so its absence never ends the process.
/// </summary>
public sealed partial class DatabaseStartup(
    Db db,
    IDatabaseEngine engine,
    DataOwner owner,
    IOptions<DatabaseOptions> options,
    TimeProvider time,
    ILogger<DatabaseStartup> log) : BackgroundService
{
    private static readonly TimeSpan FirstRetryDelay = TimeSpan.FromMilliseconds(100);
    private readonly DatabaseOptions settings = options.Value;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RunAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end of a background service.
        }
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        var pool = await ConnectAsync(stoppingToken).ConfigureAwait(false);
        db.Use(pool);
        LogReady();
        using var timer = new PeriodicTimer(settings.CheckPeriod, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            await CheckAsync(pool, stoppingToken).ConfigureAwait(false);
        }
    }

    private async Task<NpgsqlDataSource> ConnectAsync(CancellationToken token)
    {
        for (var delay = FirstRetryDelay; ; delay = Min(delay * 2, settings.MaxRetryDelay))
        {
            try
            {
                var connections = await engine.WaitUntilStartedAsync(token).ConfigureAwait(false);
                return await PrepareAsync(connections, token).ConfigureAwait(false);
            }
            catch (DatabaseRefusedException refused)
            {
                Report(DatabasePhase.Refused, refused.Message);
            }
            catch (Exception failure) when (IsUnreachable(failure))
            {
                Report(DatabasePhase.Unreachable, failure.Message);
            }
            catch (NpgsqlException failure)
            {
                // A statement failed: the roles or the schema are not as this build needs them.
                Report(DatabasePhase.Refused, failure.Message);
            }

            await Task.Delay(delay, time, token).ConfigureAwait(false);
        }
    }

    private async Task<NpgsqlDataSource> PrepareAsync(DatabaseConnections connections, CancellationToken token)
    {
        var migrator = new Migrator(time, Migration.All);
        var applied = await migrator
            .MigrateAsync(ConnectionStrings.Owner(connections.Owner, settings), token).ConfigureAwait(false);
        if (applied > 0)
        {
            LogMigrated(applied);
        }

        var pool = NpgsqlDataSource.Create(ConnectionStrings.Runtime(connections.Runtime, settings));
        try
        {
            await RuntimeRole.RequireAsync(pool, token).ConfigureAwait(false);
            await InstallationRow.RequireAsync(pool, owner, time.GetUtcNow(), token).ConfigureAwait(false);
            return pool;
        }
        catch
        {
            await pool.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task CheckAsync(NpgsqlDataSource pool, CancellationToken token)
    {
        try
        {
            var connection = await pool.OpenConnectionAsync(token).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                await connection.ExecuteAsync(new CommandDefinition("SELECT 1", cancellationToken: token))
                    .ConfigureAwait(false);
            }

            if (db.State.Phase != DatabasePhase.Ready)
            {
                LogReady();
                db.Report(new DatabaseState(DatabasePhase.Ready));
            }
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException)
        {
            Report(DatabasePhase.Unreachable, failure.Message);
        }
    }

    private void Report(DatabasePhase phase, string detail)
    {
        var state = new DatabaseState(phase, detail);
        if (db.State == state)
        {
            return;
        }

        db.Report(state);
        if (phase == DatabasePhase.Refused)
        {
            LogRefused(detail);
        }
        else
        {
            LogUnreachable(detail);
        }
    }

    private static bool IsUnreachable(Exception failure) => failure switch
    {
        PostgresException { SqlState: PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.AdminShutdown
            or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.TooManyConnections } => true,
        PostgresException => false,
        NpgsqlException or TimeoutException or DatabaseUnavailableException => true,
        _ => false,
    };

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
