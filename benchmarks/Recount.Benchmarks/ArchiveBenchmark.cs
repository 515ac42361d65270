using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace Recount.Benchmarks;

/// <summary>
/// How fast the archive takes what capture accepted: a backlog is made while no archive role runs, then one is started
/// and timed until everything is indexed, and until everything is sealed. And how large the sealed parts are.
/// </summary>
internal sealed class ArchiveBenchmark(TimeSpan ingest)
{
    private const int BodyBytes = 20_000;
    private const int Connections = 16;
    private const int ChunksPerPage = 60;

    private static readonly Dictionary<string, string> Settings = new()
    {
        ["RECOUNT__Capture__KeyRate__ChunksPerSecond"] = "1000000",
        ["RECOUNT__Capture__KeyRate__Burst"] = "1000000",
        ["RECOUNT__Capture__AddressRate__ChunksPerSecond"] = "1000000",
        ["RECOUNT__Capture__AddressRate__Burst"] = "1000000",
        ["RECOUNT__Recordings__QuietPeriod"] = "00:00:01",
        ["RECOUNT__Recordings__SealInterval"] = "00:00:00.100",
    };

    public async Task RunAsync(CancellationToken token)
    {
        using var workspace = new Workspace();
        var data = workspace.Make("data");
        var report = new Report("archive");
        report.Line($"# archive: a backlog of chunks of about {BodyBytes:N0} bytes (gzip), indexed and sealed");
        report.Machine();
        var (rate, backlog) = await FillAsync(data, token);
        await using var recount = await ServerUnderTest.StartRecountAsync(data, "archive,app", Settings, token);
        var watch = Stopwatch.StartNew();
        using var api = await ApiAsync(recount, data, token);
        var indexed = TimeSpan.Zero;
        long accepted;
        while (true)
        {
            accepted = await SumAsync(api, "accepted", token);
            var isIndexed = (await Metrics.ReadAsync(recount.Address, token)).Sum("recount_archive_indexed") >= backlog;
            if (isIndexed && indexed == TimeSpan.Zero)
            {
                indexed = watch.Elapsed;
            }

            if (isIndexed && await SumAsync(api, "pending", token) == 0)
            {
                break;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), token);
        }

        var end = await Metrics.ReadAsync(recount.Address, token);
        var (stored, received) = (end.Sum("recount_archive_sealed_size_bytes"), end.Sum("recount_archive_sealed_received_bytes"));
        report.Line($"| figure | value |");
        report.Line($"| --- | --- |");
        report.Line($"| chunks accepted, a second, without an archive role | {rate:N0} |");
        report.Line($"| chunks in the backlog | {accepted:N0} |");
        report.Line($"| indexed, chunks a second | {accepted / indexed.TotalSeconds:N0} |");
        report.Line($"| sealed and proven, chunks a second | {accepted / watch.Elapsed.TotalSeconds:N0} |");
        report.Line($"| indexing beside ingest | {accepted / indexed.TotalSeconds / rate:0.00} |");
        report.Line($"| bytes of recording parts beside the chunks as sent | {stored / received:0.00} (goal at most 0.6) |");
        report.Keep();
    }

    private async Task<(double Rate, long Chunks)> FillAsync(string data, CancellationToken token)
    {
        await using var recount = await ServerUnderTest.StartRecountAsync(data, "capture,app", Settings, token);
        var app = await ServerUnderTest.CliAsync(data, token, "apps", "create", "bench");
        var key = app.GetProperty("key").GetString()!;
        var ids = new Dictionary<(int, long), (Guid, Guid)>();
        var load = new LoadGenerator(
            recount.EndPoint,
            "localhost",
            (connection, i) =>
            {
                (Guid Session, Guid Page) id;
                lock (ids)
                {
                    if (!ids.TryGetValue((connection, i / ChunksPerPage), out id))
                    {
                        ids[(connection, i / ChunksPerPage)] = id = (Guid.NewGuid(), Guid.NewGuid());
                    }
                }

                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"/capture/v1/{key}/{id.Session}/{id.Page}/{i % ChunksPerPage}?w=0123456789abcdef&clock={i % ChunksPerPage * 2000}&enc=gzip");
            },
            SampleChunk.MakeGzip(1, BodyBytes));
        var rate = await load.RunAsync(Connections, ingest, token);
        return (rate, load.Acknowledged);
    }

    private static async Task<HttpClient> ApiAsync(ServerUnderTest server, string data, CancellationToken token)
    {
        var created = await ServerUnderTest.CliAsync(data, token, "tokens", "create", "bench", "--role", "admin");
        var http = new HttpClient { BaseAddress = server.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", created.GetProperty("token").GetString());
        return http;
    }

    private static async Task<long> SumAsync(HttpClient api, string figure, CancellationToken token)
    {
        var rows = await api.GetFromJsonAsync<JsonElement>("/api/v1/conservation", token);
        return rows.EnumerateArray().Sum(row => row.GetProperty(figure).GetInt64());
    }
}
