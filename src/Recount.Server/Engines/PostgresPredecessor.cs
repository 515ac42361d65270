using System.Diagnostics;
using System.Globalization;
using Recount.Database;

namespace Recount.Server.Engines;

/// <summary>
/// Servers that a killed process left behind. They are never adopted: they were told to stop, and their last checkpoint
/// may still be under way.
/// </summary>
/// <param name="data">The cluster's data directory.</param>
internal sealed class PostgresPredecessor(string data)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Waits until no process works in the data directory, then removes the files that claim one does. Whoever calls
    /// holds the data directory's lock, so whatever works there is an orphan.
    /// </summary>
    /// <param name="timeout">How long to wait before telling it to stop, and again before giving up.</param>
    /// <param name="time">The clock.</param>
    /// <param name="token">Ends the waiting.</param>
    /// <exception cref="DatabaseUnavailableException">It is still there.</exception>
    public async Task LeaveAsync(TimeSpan timeout, TimeProvider time, CancellationToken token)
    {
        if (!await WaitAsync(timeout, time, token).ConfigureAwait(false))
        {
            foreach (var pid in Find())
            {
                Unix.Signal(pid, Unix.Interrupt);
            }

            if (!await WaitAsync(timeout, time, token).ConfigureAwait(false))
            {
                throw new DatabaseUnavailableException(
                    $"The PostgreSQL of an earlier process (process {string.Join(", ", Find())}) still works in "
                    + $"'{data}' and does not stop. Stop it by hand.");
            }
        }

        // PostgreSQL believes a stale file whose process id belongs to somebody else by now, and would not start.
        File.Delete(Path.Combine(data, "postmaster.pid"));
    }

    private async Task<bool> WaitAsync(TimeSpan timeout, TimeProvider time, CancellationToken token)
    {
        var began = time.GetTimestamp();
        while (Find().Count > 0)
        {
            if (time.GetElapsedTime(began) > timeout)
            {
                return false;
            }

            await Task.Delay(Period, time, token).ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>
    /// Processes whose working directory is the data directory: postmaster and backends enter it and stay. The pid in
    /// postmaster.pid is no proof, it may long be another process's.
    /// </summary>
    private List<int> Find()
    {
        var path = Unix.RealPath(data);
        var found = new List<int>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && WorkingDirectoryOf(directory) == path)
            {
                found.Add(pid);
            }
        }

        return found;
    }

    private static string? WorkingDirectoryOf(string process)
    {
        try
        {
            return new FileInfo(Path.Combine(process, "cwd")).LinkTarget;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // It ended while we looked, or belongs to a user who cannot be in our directory.
            return null;
        }
    }
}
