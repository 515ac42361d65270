using System.Text;
using System.Text.Json;
using Recount.Primitives;
using Recount.ObjectStore.Directory;
using Recount.Recordings.Reading;
using Recount.Recordings.Seal;
using Recount.FaultTests.Infrastructure;
using Recount.Wire;
using Recount.Wire.Segments;

namespace Recount.FaultTests.Archive;

/// <summary>What must hold once the server had time to finish: of what was acknowledged nothing is missing or twice.</summary>
internal static class ArchiveProof
{
    private static readonly TimeSpan GiveUp = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    public static async Task VerifyAsync(ServerProcess server, string data, SentChunks sent)
    {
        using var client = server.CreateCliClient();
        await UntilAsync(() => IsDoneAsync(client, data, sent), server, data);
        await VerifyPartsAsync(data, sent);
        foreach (var session in sent.Sessions)
        {
            await VerifyEventsAsync(client, session, sent);
        }
    }

    public static async Task UntilAsync(Func<Task<string?>> notDone, ServerProcess server, string data)
    {
        using var timer = new PeriodicTimer(Period);
        using var end = new CancellationTokenSource(GiveUp);
        string? reason = null;
        try
        {
            while ((reason = await notDone()) is not null)
            {
                await timer.WaitForNextTickAsync(end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"Never done in '{data}': {reason}\n{server.Output}");
        }
    }

    /// <returns>What is still to come; null when nothing is.</returns>
    private static async Task<string?> IsDoneAsync(HttpClient client, string data, SentChunks sent)
    {
        var hours = await GetAsync(client, "/api/v1/conservation");
        if (hours is not { } rows)
        {
            return "no answer";
        }

        long Sum(string name) => rows.EnumerateArray().Sum(row => row.GetProperty(name).GetInt64());
        Assert.All(rows.EnumerateArray(), row => Assert.Equal(0, row.GetProperty("difference").GetInt64()));
        if (Sum("pending") > 0 || Sum("accepted") < sent.Accepted || Sum("archived") < sent.Whole.Count)
        {
            return rows.GetRawText();
        }

        // A chunk whose acknowledgement was lost was accepted all the same: more than the answers say, never less.
        Assert.Equal(sent.Whole.Count, Sum("archived"));
        Assert.InRange(Sum("quarantined"), sent.Broken, Sum("accepted"));
        var sessions = await GetAsync(client, "/api/v1/sessions?limit=500");
        var states = sessions!.Value.GetProperty("items").EnumerateArray()
            .ToDictionary(item => item.GetProperty("session").GetGuid(), item => item.GetProperty("state").GetString());
        if (sent.Sessions.FirstOrDefault(session => states.GetValueOrDefault(session) != "sealed") is var open && open != default)
        {
            return $"session {open} is {states.GetValueOrDefault(open)}";
        }

        var left = IntakeObjects(data);
        return left.Count > 0 ? $"left: {string.Join(", ", left)}" : null;
    }

    private static async Task<JsonElement?> GetAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path);
        return answer.IsSuccessStatusCode ? JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement : null;
    }

    private static List<string> IntakeObjects(string data) =>
        [.. Directory.EnumerateFiles(Path.Combine(data, "intake"), "*", SearchOption.AllDirectories)
            .Where(path => char.IsDigit(Path.GetFileName(path)[0]) && !path.EndsWith(".new", StringComparison.Ordinal))];

    /// <summary>The parts themselves, read by their format, whatever the database says of them.</summary>
    private static async Task VerifyPartsAsync(string data, SentChunks sent)
    {
        var store = new DirectoryObjectStore(new PosixFileSystem(), data);
        var found = new List<(Guid, Guid, int, Hash256)>();
        await foreach (var key in store.ListAsync(PartKeys.RecordingPrefix, null, CancellationToken.None))
        {
            using var stored = await StoredSegment.OpenAsync(store, key, ReadFrom.Medium, CancellationToken.None);
            var reader = await SegmentReader.OpenAsync(stored!, CancellationToken.None);
            await reader.VerifyAsync(
                (chunk, content) => found.Add((reader.Footer.Session, reader.Footer.Page, chunk.Seq, Hash256.Of(content.Span))),
                CancellationToken.None);
        }

        Assert.Equal(
            sent.Whole.Select(chunk => (chunk.Session, chunk.Page, chunk.Seq, Hash256.Of(chunk.Body))).Order(Comparer), found.Order(Comparer));
    }

    private static readonly Comparer<(Guid Session, Guid Page, int Seq, Hash256 Hash)> Comparer =
        Comparer<(Guid Session, Guid Page, int Seq, Hash256 Hash)>.Create((one, two) =>
            (one.Session, one.Page, one.Seq, one.Hash.ToString()).CompareTo((two.Session, two.Page, two.Seq, two.Hash.ToString())));

    /// <summary>What the API says was recorded is what was sent: each chunk's entries, byte for byte and in order.</summary>
    private static async Task VerifyEventsAsync(HttpClient client, Guid session, SentChunks sent)
    {
        var lines = (await client.GetStringAsync($"/api/v1/sessions/{session}/events")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var played = lines.Select(line => JsonDocument.Parse(line).RootElement)
            .GroupBy(entry => (Page: entry.GetProperty("page").GetGuid(), Seq: entry.GetProperty("seq").GetInt32()))
            .ToDictionary(group => group.Key, group => string.Join('\n', group.Select(entry => entry.GetProperty("d").GetRawText())));
        var recorded = sent.Whole.Where(chunk => chunk.Session == session).ToDictionary(
            chunk => (chunk.Page, chunk.Seq),
            chunk => string.Join('\n', Encoding.UTF8.GetString(chunk.Body).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("d").GetRawText())));
        Assert.Equal(recorded.OrderBy(row => row.Key.Page).ThenBy(row => row.Key.Seq), played.OrderBy(row => row.Key.Page).ThenBy(row => row.Key.Seq));
    }
}
