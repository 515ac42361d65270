using System.Net.Http.Headers;

namespace Recount.Server.Commands;

/// <summary>What became of one file.</summary>
internal sealed record ImportedFile(string? File, Guid Session, Guid Page, int Chunks);

/// <summary>Sends files of recordings to the server, one after the other.</summary>
internal static class SessionImport
{
    /// <exception cref="CommandException">A file is not there, or the server refused one; those before it are imported.</exception>
    public static async Task<IReadOnlyList<ImportedFile>> ImportAsync(
        ApiClient api, CommandOutput output, Guid app, IReadOnlyList<string> paths, CancellationToken token)
    {
        if (paths.FirstOrDefault(path => !File.Exists(path)) is { } missing)
        {
            throw new CommandException($"There is no file '{missing}'.");
        }

        var total = paths.Sum(path => new FileInfo(path).Length);
        using var bar = new ProgressBar(output, total);
        var results = new List<ImportedFile>();
        var before = 0L;
        foreach (var path in paths)
        {
            var words = $"file {results.Count + 1:N0} of {paths.Count:N0}, {ProgressBar.Size(total)}";
            results.Add(await SendAsync(api, app, path, read => bar.Report(before + read, words), token).ConfigureAwait(false));
            before += new FileInfo(path).Length;
        }

        return results;
    }

    private static async Task<ImportedFile> SendAsync(
        ApiClient api, Guid app, string path, Action<long> progress, CancellationToken token)
    {
        using var content = new StreamContent(new ReportingStream(File.OpenRead(path), progress));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        try
        {
            using var response = await api
                .SendAsync(HttpMethod.Post, $"/api/v1/sessions/import?app={app}", content, token).ConfigureAwait(false);
            return await ApiClient.ReadAsync<ImportedFile>(response, token).ConfigureAwait(false) with { File = path };
        }
        catch (CommandException refusal)
        {
            throw new CommandException($"{path}: {refusal.Message}", refusal);
        }
    }
}
