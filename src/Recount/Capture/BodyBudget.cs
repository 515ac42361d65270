using System.Collections.Concurrent;

namespace Recount.Capture;

/// <summary>Memory for bodies on their way, in all and per key; taken before a byte is read.</summary>
internal sealed class BodyBudget(CaptureOptions options)
{
    private readonly ConcurrentDictionary<string, long> byKey = new();
    private long used;

    public long UsedBytes => Interlocked.Read(ref used);

    /// <returns>Null when the budget is used up. Dispose what is returned to give the memory back.</returns>
    public Lease? TryTake(string key, int bytes)
    {
        if (Interlocked.Add(ref used, bytes) > options.InFlightBytes.Bytes)
        {
            Interlocked.Add(ref used, -bytes);
            return null;
        }

        if (byKey.AddOrUpdate(key, bytes, (_, before) => before + bytes) > options.InFlightBytesPerKey.Bytes)
        {
            GiveBack(key, bytes);
            return null;
        }

        return new Lease(this, key, bytes);
    }

    private void GiveBack(string key, int bytes)
    {
        Interlocked.Add(ref used, -bytes);
        byKey.AddOrUpdate(key, 0, (_, before) => before - bytes);

        // Removes the row only while it is zero, so that made-up keys leave nothing behind.
        byKey.TryRemove(new KeyValuePair<string, long>(key, 0));
    }

    internal readonly struct Lease(BodyBudget budget, string key, int bytes) : IDisposable
    {
        public void Dispose() => budget.GiveBack(key, bytes);
    }
}
