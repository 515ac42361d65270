using Recount.Capture.Intake;

namespace Recount.Recordings.Conservation;

/// <summary>
/// Keeps how many objects each boot had. The last objects of a boot have none behind them that would show that they are
/// missing: only the boot's end and closing siblings tell.
/// </summary>
public sealed class BootAuditor(IntakeReader intake, IntakeBootStore store, TimeProvider time)
{
    private readonly HashSet<(Guid Node, Guid Boot, long Objects)> recorded = [];

    public async Task AuditAsync(CancellationToken token)
    {
        foreach (var (node, boot) in await intake.BootsAsync(token))
        {
            var found = await intake.ReadBootAsync(node, boot, token);
            if (found.LeastObjects is { } objects && !recorded.Contains((node, boot, objects)))
            {
                await store.RecordAsync(node, boot, objects, time.GetUtcNow(), token);
                recorded.Add((node, boot, objects));
            }
        }
    }
}
