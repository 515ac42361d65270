using System.Diagnostics;

namespace Recount.Tests.Infrastructure;

/// <summary>Waits for a condition; the limit is only there so that a broken test ends.</summary>
public static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);

    public static Task TrueAsync(Func<bool> condition, Func<string> explain) =>
        TrueAsync(() => Task.FromResult(condition()), explain);

    /// <param name="condition">What has to become true.</param>
    /// <param name="explain">What is said when it does not.</param>
    /// <param name="limit">When it is given up; 2 min unless given.</param>
    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> explain, TimeSpan? limit = null)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(began) > (limit ?? Limit))
            {
                throw new TimeoutException(explain());
            }

            await Task.Delay(Period);
        }
    }
}
