using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Recount.Primitives;

/// <summary>The figures of one instrument, by its tags.</summary>
internal sealed class InstrumentSeries
{
    /// <summary>Sets of tags an instrument may have. What comes beyond is counted under one set that says so.</summary>
    public const int MaxSeries = 1000;

    // OpenTelemetry's default boundaries for durations in seconds.
    private static readonly double[] DefaultBoundaries =
        [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    private static readonly KeyValuePair<string, object?>[] Overflow = [new("otel_metric_overflow", "true")];
    private readonly ConcurrentDictionary<TagSet, Series> series = new(TagSetComparer.Instance);
    private readonly ConcurrentDictionary<TagSet, Series>.AlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>
        byTags;

    public InstrumentSeries(Instrument instrument)
    {
        byTags = series.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>();
        Name = instrument.Name;
        Unit = instrument.Unit;
        Description = instrument.Description;
        Kind = KindOf(instrument.GetType().Name);
        IsObserved = instrument.IsObservable;
        Boundaries = Kind == SeriesKind.Histogram ? BoundariesOf(instrument) : [];
    }

    public string Name { get; }

    public string? Unit { get; }

    public string? Description { get; }

    public SeriesKind Kind { get; }

    public IReadOnlyList<double> Boundaries { get; }

    /// <summary>Observed instruments give totals; the others give what to add.</summary>
    private bool IsObserved { get; }

    public IEnumerable<(TagSet Tags, SeriesValue Value)> Values => series
        .Select(one => (one.Key, one.Value.Read()))
        .OrderBy(one => one.Key.Text, StringComparer.Ordinal);

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (!byTags.TryGetValue(tags, out var one))
        {
            one = series.Count < MaxSeries
                ? series.GetOrAdd(new TagSet(tags.ToArray()), static (_, count) => new Series(count), Boundaries.Count)
                : series.GetOrAdd(new TagSet(Overflow), static (_, count) => new Series(count), Boundaries.Count);
        }

        if (Kind == SeriesKind.Histogram)
        {
            one.Observe(value, Boundaries);
        }
        else if (Kind == SeriesKind.Gauge || IsObserved)
        {
            one.Set(value);
        }
        else
        {
            one.Add(value);
        }
    }

    private static SeriesKind KindOf(string type) => type.Split('`')[0] switch
    {
        "Counter" or "ObservableCounter" => SeriesKind.Counter,
        "Histogram" => SeriesKind.Histogram,
        "UpDownCounter" or "ObservableUpDownCounter" => SeriesKind.Sum,
        _ => SeriesKind.Gauge,
    };

    private static IReadOnlyList<double> BoundariesOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } advised } => advised,
        Histogram<long> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised.Select(one => (double)one)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised.Select(one => (double)one)],
        _ => DefaultBoundaries,
    };

    private sealed class Series(int boundaries)
    {
        private readonly Lock gate = new();
        private readonly long[] buckets = new long[boundaries + 1];
        private double value;
        private long count;

        public void Set(double to)
        {
            lock (gate)
            {
                value = to;
            }
        }

        public void Add(double more)
        {
            lock (gate)
            {
                value += more;
            }
        }

        public void Observe(double measured, IReadOnlyList<double> limits)
        {
            var bucket = 0;
            while (bucket < limits.Count && measured > limits[bucket])
            {
                bucket++;
            }

            lock (gate)
            {
                buckets[bucket]++;
                count++;
                value += measured;
            }
        }

        public SeriesValue Read()
        {
            lock (gate)
            {
                return new SeriesValue(value, count, [.. buckets]);
            }
        }
    }
}

/// <summary>How a figure develops.</summary>
internal enum SeriesKind
{
    /// <summary>Only grows.</summary>
    Counter,

    /// <summary>Grows and shrinks by what is added.</summary>
    Sum,

    /// <summary>The last value said.</summary>
    Gauge,

    /// <summary>Counts by range.</summary>
    Histogram,
}

/// <summary>One reading of a series.</summary>
/// <param name="Value">The value; of a histogram the sum of what was measured.</param>
/// <param name="Count">Of a histogram: how often it was measured.</param>
/// <param name="Buckets">Of a histogram: how many were in each range, the last without an upper limit.</param>
internal readonly record struct SeriesValue(double Value, long Count, IReadOnlyList<long> Buckets);
