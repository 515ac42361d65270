using System.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Recount.Database;

namespace Recount.Access;

/// <summary>
/// Keeps the node's key snapshot at the database's latest version: told by NOTIFY, and asking all the same, because a
/// notification can be lost with its connection. Before that it offers what was saved, and gives a new database its
/// accounts; only then may what the database holds replace the saved snapshot.
/// </summary>
public sealed partial class KeySnapshotWorker(
    Db db,
    KeySnapshotStore store,
    KeySnapshotFile file,
    KeySnapshotCache cache,
    IOptions<AccessOptions> options,
    TimeProvider time,
    ILogger<KeySnapshotWorker> logger) : BackgroundService
{
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(2);
    private readonly TaskCompletionSource prepared = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private KeySnapshotContent? saved;

    /// <summary>Completes when the installation has an account and this node its keys.</summary>
    public Task WaitUntilPreparedAsync(CancellationToken token) => prepared.Task.WaitAsync(token);

    /// <summary>Offers the saved keys before the first request can come.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        saved = file.Load();
        if (saved is not null)
        {
            cache.Restore(saved.ToSnapshot());
        }

        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var retry = TimeSpan.Zero;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await db.WaitUntilReadyAsync(stoppingToken);
                await PrepareAsync(stoppingToken);
                await using var connection = await db.OpenAsync(stoppingToken);
                await FollowAsync(connection, () => retry = TimeSpan.Zero, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is DbException or DatabaseUnavailableException
                or TimeoutException or IOException or InvalidOperationException)
            {
                if (retry == TimeSpan.Zero)
                {
                    LogLost(failure);
                }

                retry = Min(retry * 2 + TimeSpan.FromMilliseconds(100), LongestRetry);
                await Task.Delay(retry, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task PrepareAsync(CancellationToken token)
    {
        if (prepared.Task.IsCompleted)
        {
            return;
        }

        if (saved is { } content && await store.SeedFromSnapshotAsync(content, token))
        {
            LogRestored(content.Accounts.Length, content.Apps.Length, content.Keys.Length);
        }

        await store.EnsureDefaultAccountAsync(token);
    }

    private async Task FollowAsync(NpgsqlConnection connection, Action answered, CancellationToken token)
    {
        await using (var listen = new NpgsqlCommand($"LISTEN {KeySnapshotStore.Channel}", connection))
        {
            await listen.ExecuteNonQueryAsync(token);
        }

        while (true)
        {
            await RefreshAsync(connection, token);
            answered();
            await connection.WaitAsync(options.Value.KeyPollInterval, token);
        }
    }

    private async Task RefreshAsync(NpgsqlConnection connection, CancellationToken token)
    {
        var askedAt = time.GetTimestamp();
        var (database, version) = await KeySnapshotStore.VersionAsync(connection, token);
        var current = cache.Current;
        if (prepared.Task.IsCompleted && current.DatabaseId == database && current.Version == version)
        {
            cache.Confirm(current, askedAt);
            return;
        }

        var content = await KeySnapshotStore.ReadAsync(connection, token);

        // Saved before it is confirmed: a command that waited for this version may rely on a restart knowing it too.
        // A disk that refuses must not keep a working node from taking a new key, so it is only logged.
        try
        {
            file.Save(content);
        }
        catch (IOException failure)
        {
            LogNotSaved(failure);
        }

        cache.Confirm(content.ToSnapshot(), askedAt);
        prepared.TrySetResult();
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    [LoggerMessage(LogLevel.Warning,
        "The key snapshot cannot be refreshed; capture goes on with the keys it has.")]
    private partial void LogLost(Exception failure);

    [LoggerMessage(LogLevel.Error, "The key snapshot could not be saved; it is kept in memory.")]
    private partial void LogNotSaved(Exception failure);

    [LoggerMessage(LogLevel.Warning,
        "The database was new: {Accounts} accounts, {Apps} apps and {Keys} capture keys were restored from the saved keys.")]
    private partial void LogRestored(int accounts, int apps, int keys);
}
