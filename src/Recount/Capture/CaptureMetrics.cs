using System.Diagnostics.Metrics;

namespace Recount.Capture;

/// <summary>What capture counts.</summary>
public sealed class CaptureMetrics : IDisposable
{
    private readonly Meter meter = new("Recount.Capture");
    private readonly Counter<long> accepted;
    private readonly Counter<long> acceptedBytes;
    private readonly Counter<long> refused;
    private readonly Histogram<double> duration;

    public CaptureMetrics()
    {
        accepted = meter.CreateCounter<long>("recount.capture.accepted", "{chunk}", "Chunks acknowledged as durable.");
        acceptedBytes = meter.CreateCounter<long>("recount.capture.accepted.size", "By", "Bytes of acknowledged bodies.");
        refused = meter.CreateCounter<long>("recount.capture.refused", "{chunk}", "Chunks refused, by reason.");
        duration = meter.CreateHistogram<double>(
            "recount.capture.duration", "s", "From the end of a body to its acknowledgement.");
        foreach (var refusal in CaptureRefusal.All)
        {
            refused.Add(0, new KeyValuePair<string, object?>("reason", refusal.Reason));
        }
    }

    /// <summary>Shows how much memory bodies on their way hold.</summary>
    public void Observe(Func<long> inFlightBytes) => meter.CreateObservableGauge(
        "recount.capture.in_flight.size", inFlightBytes, "By", "Memory held for bodies on their way.");

    public void Accepted(int bytes, TimeSpan toDurable)
    {
        accepted.Add(1);
        acceptedBytes.Add(bytes);
        duration.Record(toDurable.TotalSeconds);
    }

    public void Refused(CaptureRefusal refusal) =>
        refused.Add(1, new KeyValuePair<string, object?>("reason", refusal.Reason));

    public void Dispose() => meter.Dispose();
}
