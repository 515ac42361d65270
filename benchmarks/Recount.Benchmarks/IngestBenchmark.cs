using System.Globalization;
using Recount.Benchmarks.Samples;

namespace Recount.Benchmarks;

/// <summary>
/// Acknowledged 20 KB chunks a second beside two floors in the same run: Kestrel that reads and discards, Kestrel that
/// appends with group fsync. The three take turns, so that what the machine does meanwhile hits all of them.
/// </summary>
internal sealed class IngestBenchmark(TimeSpan round)
{
    private const int BodyBytes = 20_000;
    private const int Rounds = 5;
    private const double Goal = 0.8;

    public async Task RunAsync(CancellationToken token)
    {
        using var workspace = new Workspace();
        var data = workspace.Make("data");
        await using var discard = await ServerUnderTest.StartFloorAsync(token, "floor-discard");
        await using var append = await ServerUnderTest.StartFloorAsync(token, "floor-append", workspace.Make("append"));
        await using var recount = await ServerUnderTest.StartRecountAsync(data, "capture,app", ServerUnderTest.Unlimited, token);
        var app = await ServerUnderTest.CliAsync(data, token, "apps", "create", "bench");
        var key = app.GetProperty("key").GetString()!;
        var bodies = Bodies();
        var report = new Report("ingest");
        report.Line($"# ingest: acknowledged chunks of {BodyBytes:N0} bytes a second, median of {Rounds} rounds of {round.TotalSeconds:0.#} s");
        report.Machine();
        report.Line($"| connections | Kestrel discards | Kestrel appends, group fsync | Recount | of append | goal |");
        report.Line($"| --- | --- | --- | --- | --- | --- |");
        foreach (var connections in (int[])[64, 256])
        {
            var (discarded, appended, acknowledged) = await MeasureAsync(connections, discard, append, recount, key, bodies, token);
            var ratio = Report.Median(acknowledged.Zip(appended, (ours, floor) => ours / floor));
            report.Line($"| {connections} | {Report.Median(discarded):N0} | {Report.Median(appended):N0} | {Report.Median(acknowledged):N0} | {ratio:0.00} | {Goal:0.0} |");
        }

        report.Keep();
    }

    /// <summary>
    /// Compressed bytes, all different and all of one length. Where a page's chunks end does not matter: nothing on this
    /// way reads a body.
    /// </summary>
    private static byte[][] Bodies() =>
        [.. SampleVisits.Busy.MakePages().SelectMany(page => page).SelectMany(chunk => chunk.Body).Chunk(BodyBytes).SkipLast(1)];

    private async Task<(List<double> Discarded, List<double> Appended, List<double> Acknowledged)> MeasureAsync(
        int connections,
        ServerUnderTest discard,
        ServerUnderTest append,
        ServerUnderTest recount,
        string key,
        byte[][] bodies,
        CancellationToken token)
    {
        var sessions = Enumerable.Range(0, connections).Select(_ => Guid.NewGuid()).ToArray();
        var pages = Enumerable.Range(0, connections).Select(_ => Guid.NewGuid()).ToArray();
        byte[] Body(int connection, long i) => bodies[(connection + i) % bodies.Length];
        var toDiscard = new LoadGenerator(discard.EndPoint, "localhost", (connection, i) => new("/", Body(connection, i)));
        var toAppend = new LoadGenerator(append.EndPoint, "localhost", (connection, i) => new("/", Body(connection, i)));
        var toRecount = new LoadGenerator(
            recount.EndPoint,
            "localhost",
            (connection, i) => new(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"/capture/v1/{key}/{sessions[connection]}/{pages[connection]}/{i % 65536}?w=0123456789abcdef0123456789abcdef&sent=1790000000000&clock={i}&n=100&enc=gzip"),
                Body(connection, i)));
        var (discarded, appended, acknowledged) = (new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i <= Rounds; i++)
        {
            var rates = (
                await toDiscard.RunAsync(connections, round, token),
                await toAppend.RunAsync(connections, round, token),
                await toRecount.RunAsync(connections, round, token));
            if (toRecount.Refused > 0)
            {
                throw new InvalidOperationException($"{toRecount.Refused} chunks were refused; the figure would be none of capture's.");
            }

            if (i > 0)
            {
                // The first round warms up.
                discarded.Add(rates.Item1);
                appended.Add(rates.Item2);
                acknowledged.Add(rates.Item3);
            }
        }

        return (discarded, appended, acknowledged);
    }
}
