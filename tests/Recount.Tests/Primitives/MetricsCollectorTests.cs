using System.Diagnostics.Metrics;
using Recount.Primitives;

namespace Recount.Tests.Primitives;

public sealed class MetricsCollectorTests
{
    private readonly string prefix = $"test.{Guid.NewGuid():N}";

    [Fact]
    public void Counters_gauges_and_histograms_appear_with_their_tags()
    {
        using var collector = new MetricsCollector();
        using var meter = new Meter("Recount.Tests");
        var counter = meter.CreateCounter<long>($"{prefix}.refused", "{chunk}", "Chunks refused.");
        counter.Add(2, new KeyValuePair<string, object?>("reason", "too \"large\""));
        counter.Add(3, new KeyValuePair<string, object?>("reason", "too \"large\""));
        meter.CreateObservableGauge($"{prefix}.free", () => 7L, "By");
        var histogram = meter.CreateHistogram(
            $"{prefix}.wait", "s", null, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2] });
        histogram.Record(0.5);
        histogram.Record(1.5);
        histogram.Record(9);

        var text = collector.ToPrometheus();

        var name = prefix.Replace('.', '_');
        Assert.Contains($"# HELP {name}_refused_total Chunks refused.\n# TYPE {name}_refused_total counter\n", text);
        Assert.Contains($"{name}_refused_total{{reason=\"too \\\"large\\\"\"}} 5\n", text);
        Assert.Contains($"# TYPE {name}_free_bytes gauge\n{name}_free_bytes 7\n", text);
        Assert.Contains($"{name}_wait_seconds_bucket{{le=\"1\"}} 1\n", text);
        Assert.Contains($"{name}_wait_seconds_bucket{{le=\"2\"}} 2\n", text);
        Assert.Contains($"{name}_wait_seconds_bucket{{le=\"+Inf\"}} 3\n", text);
        Assert.Contains($"{name}_wait_seconds_sum 11\n", text);
        Assert.Contains($"{name}_wait_seconds_count 3\n", text);
    }

    [Fact]
    public void An_observed_total_is_not_added_up()
    {
        using var collector = new MetricsCollector();
        using var meter = new Meter("Recount.Tests");
        meter.CreateObservableCounter($"{prefix}.bytes", () => 5L);

        collector.ToPrometheus();

        Assert.Contains($"{prefix.Replace('.', '_')}_bytes_total 5\n", collector.ToPrometheus());
    }

    [Fact]
    public void Tags_without_end_cannot_use_up_memory_and_are_still_counted()
    {
        using var collector = new MetricsCollector();
        using var meter = new Meter("Recount.Tests");
        var counter = meter.CreateCounter<long>($"{prefix}.flood");
        for (var key = 0; key < 1500; key++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("key", key));
        }

        var lines = collector.ToPrometheus().Split('\n')
            .Where(line => line.StartsWith(prefix.Replace('.', '_'), StringComparison.Ordinal)).ToArray();

        Assert.Equal(1001, lines.Length);
        Assert.Contains(lines, line => line.EndsWith("{otel_metric_overflow=\"true\"} 500", StringComparison.Ordinal));
    }

    [Fact]
    public void Instruments_of_others_are_left_alone()
    {
        using var collector = new MetricsCollector();
        using var meter = new Meter("Somebody.Else");
        meter.CreateCounter<long>($"{prefix}.other").Add(1);

        Assert.DoesNotContain(prefix.Replace('.', '_'), collector.ToPrometheus());
    }
}
