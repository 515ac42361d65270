using Recount.Benchmarks.Samples;

namespace Recount.Benchmarks;

/// <summary>Whole pages that capture accepted while no archive role ran.</summary>
internal sealed record Backlog(long Chunks, long Bytes, int Pages, double PerSecond)
{
    private const int Visitors = 16;

    public double BytesPerChunk => (double)Bytes / Chunks;

    public double BytesPerMinute => Bytes / (Pages * SampleVisits.PageLength.TotalMinutes);

    public static async Task<Backlog> MakeAsync(
        string data, IReadOnlyList<IReadOnlyList<SampleChunk>> pages, int pagesEach, CancellationToken token)
    {
        await using var recount = await ServerUnderTest.StartRecountAsync(data, "capture,app", ServerUnderTest.Unlimited, token);
        var app = await ServerUnderTest.CliAsync(data, token, "apps", "create", "bench");
        var sender = new PageSender(app.GetProperty("key").GetString()!, pages, Visitors, pagesEach);
        var load = new LoadGenerator(recount.EndPoint, "localhost", sender.Next);
        var rate = await load.RunAsync(Visitors, Timeout.InfiniteTimeSpan, token);
        return load.Refused == 0
            ? new Backlog(load.Acknowledged, load.AcknowledgedBytes, sender.Begun, rate)
            : throw new InvalidOperationException($"{load.Refused} chunks were refused; the pages are not whole.");
    }
}
