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
            using var stored = await objects.OpenAsync(recording, ReadFrom.Cache, token);
            if (stored is null)
            {
                yield return $"{recording}: it is not there, and its event part is.";
            }
        }
    }
}
