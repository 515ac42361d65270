using Microsoft.Extensions.Options;

namespace Recount.Access;

/// <summary>
/// Counts sign-ins tried, per address and per name, in fixed windows of the monotonic clock. Bounded: a flood of names
/// cannot fill the memory, and at the bound everybody new waits for the window's end.
/// </summary>
public sealed class LoginThrottle(IOptions<AccessOptions> options, TimeProvider time)
{
    private const int MaxEntries = 100_000;
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> tried = new(StringComparer.Ordinal);
    private long windowStart = time.GetTimestamp();

    /// <summary>Counts one try. An address over its limit does not count against the name, so that one visitor
    /// alone cannot keep another from signing in.</summary>
    /// <returns>Zero when it may go on, else how long to wait.</returns>
    public TimeSpan Try(string address, string normalizedName)
    {
        var limits = options.Value;
        lock (gate)
        {
            var elapsed = time.GetElapsedTime(windowStart);
            if (elapsed >= limits.LoginWindow)
            {
                tried.Clear();
                windowStart = time.GetTimestamp();
                elapsed = TimeSpan.Zero;
            }

            return Count("address " + address, limits.LoginsPerAddress)
                && Count("name " + normalizedName, limits.LoginsPerName)
                ? TimeSpan.Zero
                : limits.LoginWindow - elapsed;
        }
    }

    private bool Count(string key, int limit)
    {
        if (!tried.TryGetValue(key, out var count) && tried.Count >= MaxEntries)
        {
            return false;
        }

        if (count >= limit)
        {
            return false;
        }

        tried[key] = count + 1;
        return true;
    }
}
