using System.Net;
using Recount.Wire;

namespace Recount.Capture;

/// <summary>
/// Rates per key, client address and session, in bounded memory. A session that was seen (with its write key) keeps its
/// place when the key is flooded with made-up ones: those may use only half of the key's rate.
/// </summary>
internal sealed class CaptureRates(CaptureOptions options, TimeProvider time)
{
    private const double ShareOfUnseen = 0.5;
    private readonly Lock gate = new();
    private readonly RecentTable<(Guid Account, Guid Session, Hash256 WriteKey), RateBucket> sessions =
        new(options.RememberedRates);

    private readonly RecentTable<IPAddress, RateBucket> addresses = new(options.RememberedRates);
    private readonly RecentTable<string, RateBucket> keys = new(options.RememberedRates);

    /// <returns>Null when the chunk is within every rate; else the refusal and when to try again.</returns>
    public (CaptureRefusal Refusal, TimeSpan RetryAfter)? TryTake(
        string key, IPAddress? address, Guid account, Guid session, Hash256 writeKeyHash)
    {
        var now = time.GetTimestamp();
        lock (gate)
        {
            var sessionId = (account, session, writeKeyHash);
            var isSeen = sessions.TryGet(sessionId, out var sessionBucket);
            sessionBucket ??= new RateBucket(options.SessionRate, time, now);
            var keyBucket = keys.GetOrAdd(key, () => new RateBucket(options.KeyRate, time, now));
            var addressBucket = addresses.GetOrAdd(
                address ?? IPAddress.None, () => new RateBucket(options.AddressRate, time, now));
            if (sessionBucket.Wait(now, 0) is { } sessionWait)
            {
                return (CaptureRefusal.SessionQuota, sessionWait);
            }

            if (addressBucket.Wait(now, 0) is { } addressWait)
            {
                return (CaptureRefusal.AddressQuota, addressWait);
            }

            if (keyBucket.Wait(now, isSeen ? 0 : options.KeyRate.Burst * ShareOfUnseen) is { } keyWait)
            {
                return (CaptureRefusal.KeyQuota, keyWait);
            }

            sessionBucket.Take();
            addressBucket.Take();
            keyBucket.Take();
            if (!isSeen)
            {
                sessions.Add(sessionId, sessionBucket);
            }

            return null;
        }
    }
}

/// <summary>A token bucket.</summary>
internal sealed class RateBucket(RateLimit limit, TimeProvider time, long now)
{
    private double tokens = limit.Burst;
    private long filledAt = now;

    /// <returns>Null when more than <paramref name="reserve"/> tokens are there; else how long until they are.</returns>
    public TimeSpan? Wait(long at, double reserve)
    {
        tokens = Math.Min(limit.Burst, tokens + (time.GetElapsedTime(filledAt, at).TotalSeconds * limit.ChunksPerSecond));
        filledAt = at;
        return tokens >= reserve + 1 ? null : TimeSpan.FromSeconds((reserve + 1 - tokens) / limit.ChunksPerSecond);
    }

    public void Take() => tokens--;
}

/// <summary>
/// Remembers at most a number of values, and those used last the longest: two generations, of which the older is
/// forgotten when the younger is full.
/// </summary>
internal sealed class RecentTable<TKey, TValue>(int capacity)
    where TKey : notnull
    where TValue : class
{
    private Dictionary<TKey, TValue> young = [];
    private Dictionary<TKey, TValue> old = [];

    public bool TryGet(TKey key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TValue? value)
    {
        if (young.TryGetValue(key, out value))
        {
            return true;
        }

        if (!old.Remove(key, out value))
        {
            return false;
        }

        Add(key, value);
        return true;
    }

    public TValue GetOrAdd(TKey key, Func<TValue> create)
    {
        if (!TryGet(key, out var value))
        {
            value = create();
            Add(key, value);
        }

        return value;
    }

    public void Add(TKey key, TValue value)
    {
        if (young.Count >= capacity / 2)
        {
            old = young;
            young = [];
        }

        young[key] = value;
    }
}
