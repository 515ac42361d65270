using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Recount.Capture.Intake;
using Recount.ObjectStore;
using Recount.Recordings.Conservation;

namespace Recount.Recordings.Release;

/// <summary>
/// Removes what a boot leaves behind when its objects are released: files that were being made when its process died, its
/// last file and its directory. A boot is over when its last file is there; nobody writes into it from then on. How many
/// objects it had stays known in the database, and a rebuild learns of released objects from the parts alone.
/// </summary>
public sealed partial class BootCleaner(
    IntakeReader intake,
    IObjectStore objects,
    IntakeBootStore boots,
    IOptions<RecordingsOptions> options,
    TimeProvider time,
    ILogger<BootCleaner> log)
{
    public async Task CleanAsync(Guid node, Guid boot, CancellationToken token)
    {
        var before = time.GetUtcNow() - options.Value.ReleaseGrace;
        var found = await intake.ReadBootAsync(node, boot, token);
        if (found.Ended is not { } ended || !await boots.IsKnownAsync(node, boot, ended, before, token))
        {
            return;
        }

        foreach (var temporary in found.Temporaries)
        {
            await objects.DeleteAsync(temporary, token);
        }

        // An object that is missing was never released: then the boot's end stays, beside the name of what is missing.
        if (found.Objects.Count == 0 && found.Closings.Count == 0
            && await boots.AreReleasedAsync(node, boot, ended, before, token))
        {
            await RemoveAsync(node, boot, token);
            LogCleaned(IntakeKey.BootPrefix(node, boot), ended);
        }
    }

    /// <summary>A directory that a crash leaves without its end gets another one at the node's next start.</summary>
    private async Task RemoveAsync(Guid node, Guid boot, CancellationToken token)
    {
        await objects.DeleteAsync(IntakeKey.EndedPath(node, boot), token);
        await objects.DeletePrefixAsync(IntakeKey.BootPrefix(node, boot), token);
    }

    [LoggerMessage(LogLevel.Information, "The boot '{Prefix}' is cleaned away: all of its {Objects} objects are released.")]
    private partial void LogCleaned(string prefix, long objects);
}
