using System.Diagnostics;

namespace Recount.Benchmarks;

/// <summary>What an archive role did with a backlog, from its first look to its last proven part.</summary>
internal sealed record ArchiveRun(double IndexedPerSecond, double SealedPerSecond, double ProcessorMsPerChunk, long StoredBytes)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    public static IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>(ServerUnderTest.Unlimited)
    {
        ["RECOUNT__Recordings__QuietPeriod"] = "00:00:01",
        ["RECOUNT__Recordings__EndedQuietPeriod"] = "00:00:00.100",
        ["RECOUNT__Recordings__SealInterval"] = "00:00:00.100",
    };

    public static async Task<ArchiveRun> MeasureAsync(string data, Backlog backlog, CancellationToken token)
    {
        // The backlog is put before a process that runs: starting up is not what is measured.
        var (intake, held) = (Path.Combine(data, "intake"), Path.Combine(data, "held"));
        Directory.Move(intake, held);
        await using var recount = await ServerUnderTest.StartRecountAsync(data, "archive,app", Settings, token);
        var processor = recount.ProcessorTime;
        Directory.Move(held, intake);
        var (indexed, whole, storedBytes) = await WatchAsync(recount, backlog, token);
        return new ArchiveRun(
            backlog.Chunks / indexed.TotalSeconds,
            backlog.Chunks / whole.TotalSeconds,
            (recount.ProcessorTime - processor).TotalMilliseconds / backlog.Chunks,
            storedBytes);
    }

    /// <returns>When all was indexed, when all was sealed, and the bytes of the parts.</returns>
    private static async Task<(TimeSpan Indexed, TimeSpan Whole, long StoredBytes)> WatchAsync(
        ServerUnderTest recount, Backlog backlog, CancellationToken token)
    {
        var watch = Stopwatch.StartNew();
        var indexed = TimeSpan.Zero;
        while (true)
        {
            var metrics = await Metrics.ReadAsync(recount.Address, token);
            var count = metrics.Sum("recount_archive_indexed");
            if (count >= backlog.Chunks && indexed == TimeSpan.Zero)
            {
                indexed = watch.Elapsed;
            }

            if (metrics.Sum("recount_archive_sealed_received_bytes") >= backlog.Bytes)
            {
                return (indexed, watch.Elapsed, (long)metrics.Sum("recount_archive_sealed_size_bytes"));
            }

            await Task.Delay(LookEvery, token);
        }
    }
}
