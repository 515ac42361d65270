using Recount.Capture.Intake;
using Recount.Primitives;

namespace Recount.Capture;

/// <summary>Whether chunks are taken: a capture endpoint that refuses them all answers, and is not ready.</summary>
internal sealed class CaptureHealth(DiskReserve disk, IntakeWriter intake) : IHealthPart
{
    string IHealthPart.Name => "capture";

    HealthState IHealthPart.Check() =>
        disk.IsBelow
            ? new HealthState(false, CaptureRefusal.DiskReserve.Reason, $"{disk.Free} is free, {disk.Reserve} is kept; chunks wait with their senders.")
        : intake.IsResting
            ? new HealthState(false, CaptureRefusal.StorageFailed.Reason, "The intake could not be written; chunks wait with their senders.")
        : new HealthState(true, "ready");
}
