using System.Diagnostics.Metrics;

namespace Recount.Replay;

/// <summary>What playing sessions counts.</summary>
public sealed class ReplayMetrics : IDisposable
{
    private readonly Meter meter = new("Recount.Replay");
    private readonly Counter<long> blocks;
    private readonly Counter<long> sent;
    private readonly Counter<long> failed;
    private readonly Counter<long> reports;

    public ReplayMetrics()
    {
        blocks = meter.CreateCounter<long>("recount.replay.blocks", "{block}", "Blocks sent to players.");
        sent = meter.CreateCounter<long>("recount.replay.sent", "By", "Bytes of blocks sent to players.");
        failed = meter.CreateCounter<long>("recount.replay.failures", "{block}", "Blocks that could not be sent, by cause.");
        reports = meter.CreateCounter<long>("recount.replay.reports", "{report}", "Reports of players, by cause.");
    }

    public void Sent(int bytes)
    {
        blocks.Add(1);
        sent.Add(bytes);
    }

    public void Failed(string cause) => failed.Add(1, new KeyValuePair<string, object?>("cause", cause));

    public void Reported(string cause) => reports.Add(1, new KeyValuePair<string, object?>("cause", cause));

    public void Dispose() => meter.Dispose();
}
