using System.Globalization;
using System.Text;

namespace Recount.Primitives;

/// <summary>Prometheus' text exposition format 0.0.4.</summary>
internal static class PrometheusText
{
    public static string Write(IEnumerable<InstrumentSeries> instruments)
    {
        var text = new StringBuilder();
        foreach (var instrument in instruments)
        {
            Write(text, instrument);
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, InstrumentSeries instrument)
    {
        var name = NameOf(instrument);
        if (!string.IsNullOrEmpty(instrument.Description))
        {
            text.Append("# HELP ").Append(name).Append(' ').Append(Escape(instrument.Description)).Append('\n');
        }

        text.Append("# TYPE ").Append(name).Append(' ').Append(TypeOf(instrument.Kind)).Append('\n');
        foreach (var (tags, value) in instrument.Values)
        {
            if (instrument.Kind == SeriesKind.Histogram)
            {
                WriteHistogram(text, name, tags.Text, value, instrument.Boundaries);
            }
            else
            {
                Line(text, name, tags.Text, value.Value);
            }
        }
    }

    private static void WriteHistogram(
        StringBuilder text, string name, string labels, SeriesValue value, IReadOnlyList<double> boundaries)
    {
        var separator = labels.Length > 0 ? "," : "";
        var below = 0L;
        for (var bucket = 0; bucket < value.Buckets.Count; bucket++)
        {
            below += value.Buckets[bucket];
            var limit = bucket < boundaries.Count ? Number(boundaries[bucket]) : "+Inf";
            Line(text, name + "_bucket", $"{labels}{separator}le=\"{limit}\"", below);
        }

        Line(text, name + "_sum", labels, value.Value);
        Line(text, name + "_count", labels, value.Count);
    }

    private static void Line(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string NameOf(InstrumentSeries instrument)
    {
        var name = new StringBuilder(instrument.Name.Length + 16);
        foreach (var letter in instrument.Name)
        {
            name.Append(char.IsAsciiLetterOrDigit(letter) ? letter : '_');
        }

        var unit = instrument.Unit switch
        {
            "s" => "_seconds",
            "ms" => "_milliseconds",
            "By" => "_bytes",
            _ => "",
        };
        if (unit.Length > 0 && !name.ToString().EndsWith(unit, StringComparison.Ordinal))
        {
            name.Append(unit);
        }

        return instrument.Kind == SeriesKind.Counter ? name.Append("_total").ToString() : name.ToString();
    }

    private static string TypeOf(SeriesKind kind) => kind switch
    {
        SeriesKind.Counter => "counter",
        SeriesKind.Histogram => "histogram",
        _ => "gauge",
    };

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}
