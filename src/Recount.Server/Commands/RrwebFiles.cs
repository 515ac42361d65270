using System.Text.Json;
using Recount.Wire.Chunks;

namespace Recount.Server.Commands;

/// <summary>The rrweb events of a session as files, an array for each page, written as the entries come.</summary>
internal sealed class RrwebFiles(string directory, Guid session) : IAsyncDisposable
{
    private readonly List<string> paths = [];
    private StreamWriter? writer;

    /// <summary>The files so far, in the order of the pages.</summary>
    public IReadOnlyList<string> Paths => paths;

    /// <summary>Chunks that the server could not read; it says so in their place.</summary>
    public int Unreadable { get; private set; }

    /// <summary>Adds a line of the session's events if it is one of rrweb's.</summary>
    public async Task AddAsync(string line)
    {
        using var entry = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = ContentFacts.MaxTreeDepth });
        Unreadable += entry.RootElement.TryGetProperty("gap", out _) ? 1 : 0;
        if (!entry.RootElement.TryGetProperty("k", out var kind) || kind.GetString() != "rrweb")
        {
            return;
        }

        var path = Path.Combine(directory, $"{session}.{entry.RootElement.GetProperty("page").GetString()}.json");
        if (paths.LastOrDefault() != path)
        {
            await DisposeAsync().ConfigureAwait(false);
            writer = new StreamWriter(path);
            await writer.WriteAsync('[').ConfigureAwait(false);
            paths.Add(path);
        }
        else
        {
            await writer!.WriteAsync(",\n").ConfigureAwait(false);
        }

        await writer.WriteAsync(entry.RootElement.GetProperty("d").GetRawText()).ConfigureAwait(false);
    }

    /// <summary>Ends the file that is open.</summary>
    public async ValueTask DisposeAsync()
    {
        if (writer is not null)
        {
            await writer.WriteAsync("]\n").ConfigureAwait(false);
            await writer.DisposeAsync().ConfigureAwait(false);
            writer = null;
        }
    }
}
