using System.Net;
using Recount.Capture;
using Recount.Primitives;
using Recount.Tests.Infrastructure;
using Recount.Wire;

namespace Recount.Tests.Capture;

public sealed class CaptureRatesTests
{
    private static readonly RateLimit Wide = new() { ChunksPerSecond = 1e6, Burst = 1e6 };
    private readonly ManualTime time = new();

    [Fact]
    public void A_bucket_gives_its_burst_and_then_its_rate()
    {
        var bucket = new RateBucket(new RateLimit { ChunksPerSecond = 2, Burst = 3 }, time, time.GetTimestamp());
        for (var i = 0; i < 3; i++)
        {
            Assert.Null(bucket.Wait(time.GetTimestamp(), 0));
            bucket.Take();
        }

        Assert.Equal(TimeSpan.FromSeconds(0.5), bucket.Wait(time.GetTimestamp(), 0));
        time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Null(bucket.Wait(time.GetTimestamp(), 0));
        Assert.Equal(TimeSpan.FromSeconds(0.5), bucket.Wait(time.GetTimestamp(), 1));
        time.Advance(TimeSpan.FromDays(1));
        Assert.Null(bucket.Wait(time.GetTimestamp(), 2));
        Assert.NotNull(bucket.Wait(time.GetTimestamp(), 3));
    }

    [Fact]
    public void A_table_forgets_the_longest_unused_and_stays_within_its_bound()
    {
        var table = new RecentTable<int, object>(10);
        var kept = table.GetOrAdd(0, () => new object());
        for (var key = 1; key < 1000; key++)
        {
            table.GetOrAdd(key, () => new object());
            Assert.True(table.TryGet(0, out var same) && ReferenceEquals(kept, same), "Used all the time and forgotten.");
        }

        Assert.InRange(Enumerable.Range(0, 1000).Count(key => table.TryGet(key, out _)), 2, 10);
        Assert.False(table.TryGet(1, out _));
    }

    [Fact]
    public void A_flood_of_made_up_sessions_does_not_silence_one_that_was_seen()
    {
        var rates = new CaptureRates(
            new CaptureOptions
            {
                KeyRate = new RateLimit { ChunksPerSecond = 10, Burst = 100 }, AddressRate = Wide, SessionRate = Wide,
                RememberedRates = 1000,
            },
            time);
        var seen = Guid.NewGuid();
        Assert.Null(Take(rates, seen));
        var refused = 0;
        for (var i = 0; i < 10_000; i++)
        {
            refused += Take(rates, Guid.NewGuid()) is null ? 0 : 1;
            if (i % 100 == 0)
            {
                Assert.Null(Take(rates, seen));
                time.Advance(TimeSpan.FromMilliseconds(100));
            }
        }

        Assert.InRange(refused, 9_000, 10_000);
    }

    [Fact]
    public void A_session_is_only_seen_with_its_own_write_key()
    {
        var rates = new CaptureRates(
            new CaptureOptions { KeyRate = new RateLimit { ChunksPerSecond = 0.01, Burst = 10 }, AddressRate = Wide, SessionRate = Wide },
            time);
        var session = Guid.NewGuid();
        Assert.Null(Take(rates, session));
        while (Take(rates, Guid.NewGuid()) is null)
        {
        }

        Assert.NotNull(rates.TryTake("k", IPAddress.Loopback, Guid.Empty, session, Hash256.Of("stolen"u8)));
        Assert.Null(Take(rates, session));
    }

    [Fact]
    public void Each_rate_has_its_own_reason_and_a_refusal_costs_nothing()
    {
        var narrow = new RateLimit { ChunksPerSecond = 1, Burst = 2 };
        var session = Guid.NewGuid();
        foreach (var (options, reason) in new[]
        {
            (new CaptureOptions { KeyRate = Wide, AddressRate = Wide, SessionRate = narrow }, CaptureRefusal.SessionQuota),
            (new CaptureOptions { KeyRate = Wide, AddressRate = narrow, SessionRate = Wide }, CaptureRefusal.AddressQuota),
            (new CaptureOptions { KeyRate = narrow, AddressRate = Wide, SessionRate = Wide }, CaptureRefusal.KeyQuota),
        })
        {
            var rates = new CaptureRates(options, time);
            Assert.Null(Take(rates, session));
            Assert.Null(Take(rates, session));
            for (var i = 0; i < 5; i++)
            {
                Assert.Equal((reason, TimeSpan.FromSeconds(1)), Take(rates, session));
            }

            time.Advance(TimeSpan.FromSeconds(1));
            Assert.Null(Take(rates, session));
        }
    }

    [Fact]
    public void The_budget_of_bodies_is_exact_in_all_and_per_key()
    {
        var budget = new BodyBudget(new CaptureOptions { InFlightBytes = new ByteSize(100), InFlightBytesPerKey = new ByteSize(60) });
        var first = budget.TryTake("a", 60)!.Value;
        Assert.Null(budget.TryTake("a", 1));
        var second = budget.TryTake("b", 40)!.Value;
        Assert.Null(budget.TryTake("c", 1));
        Assert.Equal(100, budget.UsedBytes);
        first.Dispose();
        Assert.NotNull(budget.TryTake("a", 60));
        second.Dispose();
        Assert.Equal(60, budget.UsedBytes);
    }

    [Fact]
    public async Task The_budget_holds_and_comes_back_whole_under_a_race()
    {
        var budget = new BodyBudget(new CaptureOptions { InFlightBytes = new ByteSize(1000), InFlightBytesPerKey = new ByteSize(300) });
        await Task.WhenAll(Enumerable.Range(0, 16).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                if (budget.TryTake($"key{(thread + i) % 5}", 1 + (i % 200)) is { } lease)
                {
                    lease.Dispose();
                }
            }
        })));
        Assert.Equal(0, budget.UsedBytes);
        var again = Enumerable.Range(0, 5).Select(key => budget.TryTake($"key{key}", 200)).ToList();
        Assert.All(again, lease => Assert.NotNull(lease));
    }

    private static (CaptureRefusal, TimeSpan)? Take(CaptureRates rates, Guid session) =>
        rates.TryTake("k", IPAddress.Loopback, Guid.Empty, session, Hash256.OfNothing);
}
