using System.Globalization;

namespace Recount.Benchmarks;

/// <summary>A server's figures at one moment.</summary>
internal sealed class Metrics
{
    private readonly string[] lines;

    private Metrics(string text) => lines = text.Split('\n');

    public static async Task<Metrics> ReadAsync(Uri server, CancellationToken token)
    {
        using var http = new HttpClient { BaseAddress = server };
        return new Metrics(await http.GetStringAsync("/metrics", token));
    }

    /// <summary>Sum over all labels of the metrics whose name begins so.</summary>
    public double Sum(string name) => lines
        .Where(line => line.StartsWith(name, StringComparison.Ordinal) && (line[name.Length..].StartsWith("_total", StringComparison.Ordinal) || line[name.Length] is ' ' or '{'))
        .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
}
