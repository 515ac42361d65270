using System.Diagnostics.Metrics;

namespace Recount.Recordings;

/// <summary>What the archive counts.</summary>
public sealed class RecordingsMetrics : IDisposable
{
    private readonly Meter meter = new("Recount.Recordings");
    private readonly Counter<long> indexed;
    private readonly Counter<long> quarantined;
    private readonly Counter<long> sealedParts;
    private readonly Counter<long> sealedBytes;
    private readonly Counter<long> sealedReceivedBytes;
    private readonly Counter<long> sealFailures;
    private readonly Counter<long> released;
    private readonly Counter<long> unreadable;

    public RecordingsMetrics()
    {
        indexed = meter.CreateCounter<long>("recount.archive.indexed", "{chunk}", "Chunks taken into the working index.");
        quarantined = meter.CreateCounter<long>("recount.archive.quarantined", "{frame}", "Frames quarantined, by reason.");
        sealedParts = meter.CreateCounter<long>("recount.archive.sealed", "{part}", "Parts sealed and proven.");
        sealedBytes = meter.CreateCounter<long>("recount.archive.sealed.size", "By", "Bytes of sealed recording parts.");
        sealedReceivedBytes = meter.CreateCounter<long>(
            "recount.archive.sealed.received", "By", "Bytes, as they were received, of the chunks that parts hold.");
        sealFailures = meter.CreateCounter<long>(
            "recount.archive.seal.failures", "{part}", "Parts that failed their read-back.");
        released = meter.CreateCounter<long>("recount.archive.released", "{object}", "Intake objects released.");
        unreadable = meter.CreateCounter<long>(
            "recount.archive.unreadable", "{chunk}", "Chunks that a list of entries had to leave out, by cause.");
    }

    public void Indexed(int chunks) => indexed.Add(chunks);

    public void Quarantined(string reason) => quarantined.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Sealed(long storedBytes, long receivedBytes)
    {
        sealedParts.Add(1);
        sealedBytes.Add(storedBytes);
        sealedReceivedBytes.Add(receivedBytes);
    }

    public void SealFailed() => sealFailures.Add(1);

    public void Released() => released.Add(1);

    public void Unreadable(string cause) => unreadable.Add(1, new KeyValuePair<string, object?>("cause", cause));

    public void Dispose() => meter.Dispose();
}
