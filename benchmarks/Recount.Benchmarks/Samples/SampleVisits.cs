namespace Recount.Benchmarks.Samples;

/// <summary>A kind of visit.</summary>
/// <param name="Name">What the report calls it.</param>
/// <param name="Mutations">Mutations in half a second, on the average.</param>
internal sealed record SampleVisits(string Name, double Mutations)
{
    /// <summary>Different pages; whoever sends more begins again under other ids, so no part holds a page twice.</summary>
    private const int Pages = 24;

    /// <summary>Length of each page.</summary>
    public static TimeSpan PageLength => TimeSpan.FromMinutes(2);

    /// <summary>An application that redraws itself all the time: chunks of about 20 kB.</summary>
    public static SampleVisits Busy => new("busy", 60);

    /// <summary>Somebody who reads, scrolls, clicks and types.</summary>
    public static SampleVisits Ordinary => new("ordinary", 3);

    public IReadOnlyList<IReadOnlyList<SampleChunk>> MakePages() =>
        [.. Enumerable.Range(1, Pages).AsParallel().AsOrdered().Select(seed => SamplePage.Make(seed, PageLength, Mutations))];
}
