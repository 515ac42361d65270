using System.Text.Json;
using Microsoft.Extensions.Logging;
using Recount.Primitives;

namespace Recount.Access;

/// <summary>The saved key snapshot, <c>capture/keys.json</c> in the data directory.</summary>
public sealed partial class KeySnapshotFile(
    IFileSystem files, DataDirectory data, ILogger<KeySnapshotFile> logger)
{
    private const int Format = 1;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        RespectRequiredConstructorParameters = true,
    };

    private KeySnapshotContent? saved;

    private string Directory => Path.Combine(data.Root, "capture");

    private string Current => Path.Combine(Directory, "keys.json");

    /// <returns>Null when nothing was saved, or what was saved cannot be read; the latter is kept and logged.</returns>
    public KeySnapshotContent? Load()
    {
        var bytes = DurableFile.Read(files, Current);
        if (bytes is null)
        {
            return null;
        }

        try
        {
            var content = JsonSerializer.Deserialize<KeySnapshotContent>(bytes, Json)
                ?? throw new JsonException("The file is empty.");
            if (content.Format != Format)
            {
                throw new JsonException($"Format {content.Format} is not known to this version; it knows {Format}.");
            }

            // An app that a key names and the file lacks is damage too; it must not surface in a request.
            content.ToSnapshot();
            saved = content;
            return content;
        }
        catch (Exception damaged) when (damaged is JsonException or KeyNotFoundException or ArgumentException
            or InvalidOperationException)
        {
            LogUnreadable(Current, damaged);
            KeepAside(bytes, "damaged");
            return null;
        }
    }

    /// <summary>
    /// Saves the content durably, unless it is what was saved last. What another database counted, or a later version
    /// of the same one (it was restored from a backup), is kept under a name of its own first: it may hold the only
    /// record of an app that recordings belong to.
    /// </summary>
    public void Save(KeySnapshotContent content)
    {
        if (saved is { } same && same.Database == content.Database && same.Version == content.Version)
        {
            return;
        }

        if (saved is { } other && (other.Database != content.Database || other.Version > content.Version)
            && DurableFile.Read(files, Current) is { } bytes)
        {
            KeepAside(bytes, $"{other.Database:N}.{other.Version}");
        }

        DurableFile.Replace(files, Current, JsonSerializer.SerializeToUtf8Bytes(content, Json));
        saved = content;
    }

    private void KeepAside(byte[] bytes, string suffix)
    {
        var aside = Path.Combine(Directory, $"keys.{suffix}.json");
        if (DurableFile.PutIfAbsent(files, aside, $"{aside}.{Guid.NewGuid():N}.new", file => file.Append(bytes)))
        {
            LogKeptAside(aside);
        }
    }

    [LoggerMessage(LogLevel.Error, "{Path} cannot be read; capture knows no keys until the database answers.")]
    private partial void LogUnreadable(string path, Exception damaged);

    [LoggerMessage(LogLevel.Warning, "The saved keys are not an earlier version of the database's; kept as {Path}.")]
    private partial void LogKeptAside(string path);
}
