using System.Globalization;
using Recount.Benchmarks;

// The servers that are measured run as processes of their own, started by the benchmark itself with these verbs.
if (args is ["floor-discard"])
{
    await Floors.DiscardAsync();
    return 0;
}

if (args is ["floor-append", var directory])
{
    await Floors.AppendAsync(directory);
    return 0;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
var size = args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 5;
switch (args.FirstOrDefault())
{
    case "ingest":
        await new IngestBenchmark(TimeSpan.FromSeconds(size)).RunAsync(stop.Token);
        return 0;
    case "archive":
        await new ArchiveBenchmark((int)size).RunAsync(stop.Token);
        return 0;
    default:
        Console.Error.WriteLine("Usage: ./bench ingest|archive|replay [seconds a round, pages, times]");
        return 1;
}
