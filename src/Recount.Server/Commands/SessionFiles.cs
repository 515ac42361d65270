using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Recount.Server.Commands;

/// <summary>What an export wrote.</summary>
/// <param name="Files">Paths of the files.</param>
/// <param name="PendingChunks">Chunks that no sealed part holds yet.</param>
/// <param name="UnreadableChunks">Chunks that the server does not have or could not read; they are in no file.</param>
internal sealed record ExportedSession(IReadOnlyList<string> Files, int PendingChunks, int UnreadableChunks);

/// <summary>Writes a session to files: its sealed parts as they are stored, or its rrweb events.</summary>
internal static class SessionFiles
{
    public static async Task<ExportedSession> ExportPartsAsync(
        ApiClient api, CommandOutput output, Guid session, string directory, CancellationToken token)
    {
        var shown = await api.GetAsync<JsonElement>($"/api/v1/sessions/{session}", token).ConfigureAwait(false);
        var parts = PartsOf(shown).ToList();
        var (files, missing, written) = (new List<string>(), 0, 0L);
        using var bar = new ProgressBar(output, parts.Count);
        foreach (var (page, part, chunks) in parts)
        {
            bar.Report(files.Count, $"part {files.Count + 1:N0} of {parts.Count:N0}, {ProgressBar.Size(written)}");
            var path = Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{session}.{page}.{part}.rec"));
            if (await DownloadAsync(api, $"/api/v1/sessions/{session}/pages/{page}/parts/{part}", path, token)
                .ConfigureAwait(false) is { } bytes)
            {
                written += bytes;
                files.Add(path);
            }
            else
            {
                missing += chunks;
            }
        }

        return new ExportedSession(files, PendingChunksOf(shown), missing);
    }

    private static int PendingChunksOf(JsonElement session) =>
        session.GetProperty("pages").EnumerateArray().Sum(page => page.GetProperty("pending_chunks").GetInt32());

    private static IEnumerable<(Guid Page, int Part, int Chunks)> PartsOf(JsonElement session) =>
        from page in session.GetProperty("pages").EnumerateArray()
        from part in page.GetProperty("parts").EnumerateArray()
        select (page.GetProperty("page").GetGuid(), part.GetProperty("part").GetInt32(), part.GetProperty("chunks").GetInt32());

    /// <summary>One file a page: an array of its rrweb events, as rrweb's own player takes it.</summary>
    public static async Task<ExportedSession> ExportRrwebAsync(
        ApiClient api, CommandOutput output, Guid session, string directory, CancellationToken token)
    {
        var shown = await api.GetAsync<JsonElement>($"/api/v1/sessions/{session}", token).ConfigureAwait(false);
        using var response = await api
            .SendAsync(HttpMethod.Get, $"/api/v1/sessions/{session}/events", null, token).ConfigureAwait(false);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(token).ConfigureAwait(false));
        var total = shown.GetProperty("pages").GetArrayLength();
        using var bar = new ProgressBar(output, total);
        var files = new RrwebFiles(directory, session);
        await using (files.ConfigureAwait(false))
        {
            var read = 0L;
            while (await lines.ReadLineAsync(token).ConfigureAwait(false) is { } line)
            {
                await files.AddAsync(line).ConfigureAwait(false);
                bar.Report(files.Paths.Count - 1, $"page {files.Paths.Count:N0} of {total:N0}, {++read:N0} entries");
            }
        }

        return new ExportedSession(files.Paths, 0, files.Unreadable);
    }

    /// <returns>How many bytes the file has; null when the store does not have the part any more.</returns>
    private static async Task<long?> DownloadAsync(ApiClient api, string from, string to, CancellationToken token)
    {
        using var response = await api.SendAsync(HttpMethod.Get, from, null, token, HttpStatusCode.NotFound).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        var file = File.Create(to);
        await using (file.ConfigureAwait(false))
        {
            await response.Content.CopyToAsync(file, token).ConfigureAwait(false);
            return file.Length;
        }
    }
}
