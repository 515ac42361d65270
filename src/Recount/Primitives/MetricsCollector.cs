using System.Diagnostics.Metrics;

namespace Recount.Primitives;

/// <summary>
/// Keeps the figures of every instrument whose meter is named <c>Recount…</c>, and those of the platform, for
/// <c>/metrics</c>. Capabilities only use <see cref="Meter"/>; units and names follow OpenTelemetry.
/// </summary>
public sealed class MetricsCollector : IDisposable
{
    private static readonly string[] MeterPrefixes =
        ["Recount", "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Npgsql"];

    private readonly MeterListener listener = new();
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, InstrumentSeries> instruments = new(StringComparer.Ordinal);

    public MetricsCollector()
    {
        listener.InstrumentPublished = Publish;
        listener.SetMeasurementEventCallback<byte>(static (_, value, tags, state) => Record(state, value, tags));
        listener.SetMeasurementEventCallback<short>(static (_, value, tags, state) => Record(state, value, tags));
        listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => Record(state, value, tags));
        listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => Record(state, value, tags));
        listener.SetMeasurementEventCallback<float>(static (_, value, tags, state) => Record(state, value, tags));
        listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => Record(state, value, tags));
        listener.SetMeasurementEventCallback<decimal>(
            static (_, value, tags, state) => Record(state, (double)value, tags));
        listener.Start();
    }

    /// <summary>Everything, in Prometheus' text exposition format 0.0.4.</summary>
    public string ToPrometheus()
    {
        listener.RecordObservableInstruments();
        lock (gate)
        {
            return PrometheusText.Write(instruments.Values);
        }
    }

    public void Dispose() => listener.Dispose();

    private void Publish(Instrument instrument, MeterListener from)
    {
        if (!MeterPrefixes.Any(prefix => instrument.Meter.Name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            return;
        }

        InstrumentSeries? series;
        lock (gate)
        {
            // The same instrument of a second meter, as two hosts in one process have, continues the first one's figures.
            if (!instruments.TryGetValue(instrument.Name, out series))
            {
                series = new InstrumentSeries(instrument);
                instruments.Add(instrument.Name, series);
            }
        }

        from.EnableMeasurementEvents(instrument, series);
    }

    private static void Record(object? state, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        ((InstrumentSeries)state!).Record(value, tags);
}
