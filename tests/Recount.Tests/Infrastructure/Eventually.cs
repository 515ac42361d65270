using System.Diagnostics;

namespace Recount.Tests.Infrastructure;

/// <summary>Waits for a condition; the limit is only there so that a broken test ends.</summary>
public static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);

    public static Task TrueAsync(Func<bool> condition, Func<string> explain) =>
        TrueAsync(() => Task.FromResult(condition()), explain);

    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> explain)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(began) > Limit)
            {
                throw new TimeoutException(explain());
            }

            await Task.Delay(Period);
        }
    }
}
