using Dapper;
using Npgsql;
using Recount.Primitives;

namespace Recount.Database;

/// <summary>
/// PostgreSQL as the runtime role, which owns nothing and may not change what is write-once. It comes and goes while the
/// process runs: callers await <see cref="WaitUntilReadyAsync"/>, and treat a failure of their own as a reason to retry.
/// </summary>
public sealed class Db : IHealthPart, IAsyncDisposable
{
    private readonly Lock gate = new();
    private TaskCompletionSource ready = NewSignal();
    private NpgsqlDataSource? source;

    static Db() => SqlMapper.AddTypeHandler(new TimestampHandler());

    public DatabaseState State { get; private set; } = new(DatabasePhase.Starting, "Waiting for PostgreSQL.");

    string IHealthPart.Name => "database";

    /// <summary>Opens a pooled connection; dispose it to give it back.</summary>
    /// <exception cref="DatabaseUnavailableException">The database is not migrated yet, or cannot be reached.</exception>
    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken token)
    {
        var pool = source
            ?? throw new DatabaseUnavailableException($"The database is not ready. {State.Detail}".TrimEnd());
        try
        {
            return await pool.OpenConnectionAsync(token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException)
        {
            throw new DatabaseUnavailableException($"The database cannot be reached: {failure.Message}", failure);
        }
    }

    /// <summary>Completes when the server is reachable and all migrations are applied.</summary>
    public Task WaitUntilReadyAsync(CancellationToken token)
    {
        lock (gate)
        {
            return ready.Task.WaitAsync(token);
        }
    }

    public HealthState Check()
    {
        var state = State;
        return new HealthState(
            state.Phase == DatabasePhase.Ready, state.Phase.ToString().ToLowerInvariant(), state.Detail);
    }

    /// <summary>Gives the pool to callers: the server was reached and migrated.</summary>
    public void Use(NpgsqlDataSource pool)
    {
        source = pool;
        Report(new DatabaseState(DatabasePhase.Ready));
    }

    /// <summary>Says what is known now.</summary>
    public void Report(DatabaseState state)
    {
        lock (gate)
        {
            State = state;
            if (state.Phase == DatabasePhase.Ready)
            {
                ready.TrySetResult();
            }
            else if (ready.Task.IsCompleted)
            {
                ready = NewSignal();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (source is { } pool)
        {
            await pool.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
