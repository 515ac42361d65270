namespace Recount.Recordings.Index;

/// <summary>
/// How much of each account's chunks may be inflated and parsed: a rate that may be exceeded for a while, charged by the
/// bytes that came out. An account that is over its share waits behind itself, not in front of the others.
/// </summary>
public sealed class InflationShares(RecordingsOptions options, TimeProvider time)
{
    private readonly Dictionary<Guid, (double Bytes, long At)> left = [];
    private readonly Lock gate = new();

    /// <summary>Whether the account has some of its share left.</summary>
    public bool HasShare(Guid account)
    {
        lock (gate)
        {
            return Refill(account) > 0;
        }
    }

    /// <summary>Charges what was inflated; the account may go into debt by one chunk.</summary>
    public void Charge(Guid account, long bytes)
    {
        lock (gate)
        {
            left[account] = (Refill(account) - bytes, time.GetTimestamp());
        }
    }

    private double Refill(Guid account)
    {
        var now = time.GetTimestamp();
        double burst = options.InflateBurst.Bytes;
        var bytes = left.TryGetValue(account, out var share)
            ? Math.Min(burst, share.Bytes + (time.GetElapsedTime(share.At, now).TotalSeconds * options.InflateBytesPerSecond.Bytes))
            : burst;
        left[account] = (bytes, now);
        return bytes;
    }
}
