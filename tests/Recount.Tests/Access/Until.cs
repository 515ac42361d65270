namespace Recount.Tests.Access;

/// <summary>Waits for a condition.</summary>
internal static class Until
{
    private static readonly TimeSpan GiveUp = TimeSpan.FromSeconds(30);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var end = new CancellationTokenSource(GiveUp);
        try
        {
            while (!await condition())
            {
                await timer.WaitForNextTickAsync(end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"Never: {what}");
        }
    }

    public static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(() => Task.FromResult(condition()), what);
}
