using System.Diagnostics;
using Recount.Benchmarks.Samples;

namespace Recount.Benchmarks;

/// <summary>How long the oldest acknowledged chunk that is not indexed has waited, while one process does everything.</summary>
internal sealed record IndexLag(TimeSpan Median, TimeSpan Greatest)
{
    private const int Visitors = 16;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    /// <param name="data">An empty data directory.</param>
    /// <param name="pages">What is sent.</param>
    /// <param name="perSecond">Chunks a second that are sent.</param>
    /// <param name="token">Ends it.</param>
    public static async Task<IndexLag> MeasureAsync(
        string data, IReadOnlyList<IReadOnlyList<SampleChunk>> pages, double perSecond, CancellationToken token)
    {
        await using var recount = await ServerUnderTest.StartRecountAsync(data, "capture,archive,app", ArchiveRun.Settings, token);
        var app = await ServerUnderTest.CliAsync(data, token, "apps", "create", "bench");
        var sender = new PageSender(app.GetProperty("key").GetString()!, pages, Visitors, int.MaxValue);
        var load = new LoadGenerator(recount.EndPoint, "localhost", sender.Next);
        var sending = load.RunAsync(Visitors, Duration, TimeSpan.FromSeconds(Visitors / perSecond), token);
        var lags = await WatchAsync(recount.Address, load, sending, token);
        return new IndexLag(lags[lags.Count / 2], lags[^1]);
    }

    private static async Task<List<TimeSpan>> WatchAsync(Uri server, LoadGenerator load, Task sending, CancellationToken token)
    {
        var lags = new List<TimeSpan>();
        var acknowledged = new Queue<(long Count, TimeSpan At)>();
        var watch = Stopwatch.StartNew();
        while (!sending.IsCompleted)
        {
            acknowledged.Enqueue((load.Acknowledged, watch.Elapsed));
            var indexed = (await Metrics.ReadAsync(server, token)).Sum("recount_archive_indexed");
            while (acknowledged.TryPeek(out var oldest) && oldest.Count <= indexed)
            {
                acknowledged.Dequeue();
            }

            lags.Add(acknowledged.TryPeek(out var waits) ? watch.Elapsed - waits.At : TimeSpan.Zero);
            await Task.Delay(LookEvery, token);
        }

        await sending;
        lags.Sort();
        return lags;
    }
}
