using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Recount.Benchmarks;

/// <summary>A table of figures with the machine they were measured on, printed and kept under <c>benchmarks/results</c>.</summary>
internal sealed class Report(string name)
{
    private readonly StringBuilder text = new();

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    public void Line(FormattableString line)
    {
        var formatted = line.ToString(CultureInfo.InvariantCulture);
        Console.WriteLine(formatted);
        text.AppendLine(formatted);
    }

    public void Machine()
    {
        var processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
        var name = processor?[(processor.IndexOf(':') + 1)..].Trim() ?? "unknown processor";
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1 << 30);
        Line($"Machine: {Environment.ProcessorCount} cores, {name}, {memory} GiB, {RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.FrameworkDescription}.");
        Line($"");
    }

    /// <summary>Keeps what was printed as <c>NAME.md</c>, when the working directory is the repository.</summary>
    public void Keep()
    {
        var directory = Path.Combine(Environment.CurrentDirectory, "benchmarks", "results");
        if (Directory.Exists(directory))
        {
            File.WriteAllText(Path.Combine(directory, $"{name}.md"), text.ToString());
        }
    }
}
