using System.Runtime.CompilerServices;
using Recount.ObjectStore;
using Recount.Primitives;
using Recount.Recordings.Seal;

namespace Recount.Recordings.Rebuild;

/// <summary>
/// Finds recordings that were sealed and are not there. A database that was lost knows of them no more, and what they
/// held counts on neither side of conservation: the event parts beside them are the last to tell.
/// </summary>
public sealed class LostRecordings(IObjectStore objects)
{
    /// <returns>A fault for each.</returns>
    public async IAsyncEnumerable<string> FindAsync([EnumeratorCancellation] CancellationToken token)
    {
        await foreach (var key in objects.ListAsync(PartKeys.EventsPrefix, null, token))
        {
            if (PartKeys.TryParse(key) is not { } part)
            {
                continue;
            }

            var recording = PartKeys.Recording(part.Page, part.Part);
            if (!await IsThereAsync(recording, token))
            {
                yield return $"{recording}: it is not there, and its event part is.";
            }
        }
    }

    private async Task<bool> IsThereAsync(string key, CancellationToken token)
    {
        try
        {
            using var stored = await objects.OpenAsync(key, ReadFrom.Cache, token);
            return stored is not null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            // It is there and cannot be read, which was told when it should have been proven.
            return true;
        }
    }
}
