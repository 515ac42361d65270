using Microsoft.Extensions.Options;
using Recount.Primitives;

namespace Recount.Access;

/// <summary>
/// The node's key snapshot, in memory. Capture asks only here, so it goes on while PostgreSQL is down; what it may
/// conclude from an absent key depends on <see cref="IsCurrent"/>.
/// </summary>
public sealed class KeySnapshotCache(IOptions<AccessOptions> options, TimeProvider time) : IHealthPart
{
    private readonly Lock gate = new();
    private volatile KeySnapshot current = KeySnapshot.Empty;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long confirmedAt;
    private volatile bool confirmed;

    /// <summary>The latest snapshot known; <see cref="KeySnapshot.Empty"/> before the first.</summary>
    public KeySnapshot Current => current;

    /// <summary>
    /// True when the database said within <see cref="AccessOptions.KeysCurrentFor"/> that this is its latest version.
    /// Measured on the monotonic clock: a changed wall clock neither ages nor refreshes a snapshot.
    /// </summary>
    public bool IsCurrent =>
        confirmed && time.GetElapsedTime(Volatile.Read(ref confirmedAt)) <= options.Value.KeysCurrentFor;

    string IHealthPart.Name => "keys";

    /// <summary>Takes a snapshot that nobody has confirmed: what the node saved before it stopped.</summary>
    public void Restore(KeySnapshot snapshot)
    {
        current = snapshot;
        Signal();
    }

    /// <summary>Takes a snapshot as the database's latest.</summary>
    /// <param name="snapshot">What the database holds.</param>
    /// <param name="askedAt"><see cref="TimeProvider.GetTimestamp"/> from before the database was asked, so that a slow
    /// answer does not count as a fresh one.</param>
    public void Confirm(KeySnapshot snapshot, long askedAt)
    {
        current = snapshot;
        Volatile.Write(ref confirmedAt, askedAt);
        confirmed = true;
        Signal();
    }

    /// <summary>Waits until this node's snapshot is of that version of its database or a later one.</summary>
    public async Task WaitForVersionAsync(long version, CancellationToken token)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                next = changed.Task;
            }

            // Asked after the task was taken, so that a change in between is not missed.
            if (confirmed && current.Version >= version)
            {
                return;
            }

            await next.WaitAsync(token).ConfigureAwait(false);
        }
    }

    /// <summary>Ready as soon as there are keys to answer with, be they those saved before a restart.</summary>
    public HealthState Check() => IsCurrent
        ? new HealthState(true, "current")
        : new HealthState(
            current.Version > 0,
            current.Version > 0 ? "saved" : "none",
            "The database has not confirmed the capture keys lately; a key made meanwhile is not known yet.");

    private void Signal()
    {
        TaskCompletionSource signalled;
        lock (gate)
        {
            signalled = changed;
            changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        signalled.SetResult();
    }
}
