using Recount.Benchmarks.Samples;

namespace Recount.Benchmarks;

/// <summary>
/// How fast the archive takes what capture accepted, how far the index is behind while chunks come in, and how large the
/// sealed parts are; for visits of two kinds.
/// </summary>
/// <param name="pagesEach">Pages of 2 min that each visitor sends.</param>
internal sealed class ArchiveBenchmark(int pagesEach)
{
    public async Task RunAsync(CancellationToken token)
    {
        var report = new Report("archive");
        report.Line($"# archive: pages of {SampleVisits.PageLength.TotalMinutes:0} min, cut into gzip chunks every 2 s, indexed and sealed");
        report.Machine();
        var busy = await MeasureAsync(SampleVisits.Busy, token);
        var ordinary = await MeasureAsync(SampleVisits.Ordinary, token);
        report.Line($"| figure | {SampleVisits.Busy.Name} pages | {SampleVisits.Ordinary.Name} pages | goal |");
        report.Line($"| --- | --- | --- | --- |");
        report.Line($"| bytes a chunk, as sent | {busy.Backlog.BytesPerChunk:N0} | {ordinary.Backlog.BytesPerChunk:N0} |  |");
        report.Line($"| chunks in the backlog | {busy.Backlog.Chunks:N0} | {ordinary.Backlog.Chunks:N0} |  |");
        report.Line($"| accepted without an archive role, chunks a second | {busy.Backlog.PerSecond:N0} | {ordinary.Backlog.PerSecond:N0} |  |");
        report.Line($"| indexed, chunks a second | {busy.Work.IndexedPerSecond:N0} | {ordinary.Work.IndexedPerSecond:N0} |  |");
        report.Line($"| indexed, sealed and proven, chunks a second | {busy.Work.SealedPerSecond:N0} | {ordinary.Work.SealedPerSecond:N0} |  |");
        report.Line($"| indexing beside accepting | {busy.Work.IndexedPerSecond / busy.Backlog.PerSecond:0.00} | {ordinary.Work.IndexedPerSecond / ordinary.Backlog.PerSecond:0.00} |  |");
        report.Line($"| processor time of the server, ms a chunk | {busy.Work.ProcessorMsPerChunk:0.00} | {ordinary.Work.ProcessorMsPerChunk:0.00} |  |");
        report.Line($"| index behind ingest at half of the sealing rate, s, median | {busy.Lag.Median.TotalSeconds:0.0} | {ordinary.Lag.Median.TotalSeconds:0.0} |  |");
        report.Line($"| index behind ingest at half of the sealing rate, s, greatest | {busy.Lag.Greatest.TotalSeconds:0.0} | {ordinary.Lag.Greatest.TotalSeconds:0.0} |  |");
        report.Line($"| kB a minute, as sent | {busy.Backlog.BytesPerMinute / 1000:N1} | {ordinary.Backlog.BytesPerMinute / 1000:N1} |  |");
        report.Line($"| kB a minute, recording parts | {busy.StoredPerMinute / 1000:N1} | {ordinary.StoredPerMinute / 1000:N1} |  |");
        report.Line($"| recording parts beside chunks as sent | {busy.Ratio:0.00} | {ordinary.Ratio:0.00} | at most 0.6 |");
        report.Keep();
    }

    private async Task<Figures> MeasureAsync(SampleVisits visits, CancellationToken token)
    {
        using var workspace = new Workspace();
        var data = workspace.Make("data");
        var pages = visits.MakePages();
        var backlog = await Backlog.MakeAsync(data, pages, pagesEach, token);
        var work = await ArchiveRun.MeasureAsync(data, backlog, token);
        var lag = await IndexLag.MeasureAsync(workspace.Make("lag"), pages, work.SealedPerSecond / 2, token);
        return new Figures(backlog, work, lag);
    }

    private sealed record Figures(Backlog Backlog, ArchiveRun Work, IndexLag Lag)
    {
        public double Ratio => (double)Work.StoredBytes / Backlog.Bytes;

        public double StoredPerMinute => Backlog.BytesPerMinute * Ratio;
    }
}
