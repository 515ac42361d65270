using System.Globalization;
using System.Text.Json;
using Recount.Wire.Chunks;

namespace Recount.Server.Commands;

/// <summary>What an export wrote.</summary>
/// <param name="Files">Paths of the files.</param>
/// <param name="PendingChunks">Chunks that no sealed part holds yet.</param>
/// <param name="UnreadableChunks">Chunks that the server could not read; they are in no file.</param>
internal sealed record ExportedSession(IReadOnlyList<string> Files, int PendingChunks, int UnreadableChunks);

/// <summary>Writes a session to files: its sealed parts as they are stored, or its rrweb events.</summary>
internal static class SessionFiles
{
    public static async Task<ExportedSession> ExportPartsAsync(
        ApiClient api, Guid session, string directory, CancellationToken token)
    {
        var shown = await api.GetAsync<JsonElement>($"/api/v1/sessions/{session}", token).ConfigureAwait(false);
        var files = new List<string>();
        var pending = 0;
        foreach (var page in shown.GetProperty("pages").EnumerateArray())
        {
            pending += page.GetProperty("pending_chunks").GetInt32();
            foreach (var part in page.GetProperty("parts").EnumerateArray())
            {
                var (pageId, number) = (page.GetProperty("page").GetGuid(), part.GetProperty("part").GetInt32());
                var path = Path.Combine(
                    directory, string.Create(CultureInfo.InvariantCulture, $"{session}.{pageId}.{number}.rec"));
                await DownloadAsync(api, $"/api/v1/sessions/{session}/pages/{pageId}/parts/{number}", path, token)
                    .ConfigureAwait(false);
                files.Add(path);
            }
        }

        return new ExportedSession(files, pending, 0);
    }

    /// <summary>One file a page: an array of its rrweb events, as rrweb's own player takes it.</summary>
    public static async Task<ExportedSession> ExportRrwebAsync(
        ApiClient api, Guid session, string directory, CancellationToken token)
    {
        using var response = await api
            .SendAsync(HttpMethod.Get, $"/api/v1/sessions/{session}/events", null, token).ConfigureAwait(false);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(token).ConfigureAwait(false));
        var (files, unreadable) = (new List<string>(), 0);
        StreamWriter? writer = null;
        try
        {
            while (await lines.ReadLineAsync(token).ConfigureAwait(false) is { } line)
            {
                using var entry = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = ContentFacts.MaxTreeDepth });
                if (!IsRrweb(entry.RootElement, ref unreadable))
                {
                    continue;
                }

                var path = Path.Combine(directory, $"{session}.{entry.RootElement.GetProperty("page").GetString()}.json");
                if (files.LastOrDefault() != path)
                {
                    await EndAsync(writer).ConfigureAwait(false);
                    writer = new StreamWriter(path);
                    await writer.WriteAsync('[').ConfigureAwait(false);
                    files.Add(path);
                }
                else
                {
                    await writer!.WriteAsync(",\n").ConfigureAwait(false);
                }

                await writer.WriteAsync(entry.RootElement.GetProperty("d").GetRawText()).ConfigureAwait(false);
            }
        }
        finally
        {
            await EndAsync(writer).ConfigureAwait(false);
        }

        return new ExportedSession(files, 0, unreadable);
    }

    private static bool IsRrweb(JsonElement line, ref int unreadable)
    {
        unreadable += line.TryGetProperty("gap", out _) ? 1 : 0;
        return line.TryGetProperty("k", out var kind) && kind.GetString() == "rrweb";
    }

    private static async Task EndAsync(StreamWriter? writer)
    {
        if (writer is not null)
        {
            await writer.WriteAsync("]\n").ConfigureAwait(false);
            await writer.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task DownloadAsync(ApiClient api, string from, string to, CancellationToken token)
    {
        using var response = await api.SendAsync(HttpMethod.Get, from, null, token).ConfigureAwait(false);
        var file = File.Create(to);
        await using (file.ConfigureAwait(false))
        {
            await response.Content.CopyToAsync(file, token).ConfigureAwait(false);
        }
    }
}
