using Recount.Primitives;

namespace Recount.Capture;

/// <summary>Whether the disk still has what sealing the pending intake will need.</summary>
internal sealed class DiskReserve(string root, CaptureOptions options, TimeProvider time)
{
    private const double ShareOfDisk = 0.02;
    private static readonly ByteSize LeastReserve = ByteSize.MiB(64);
    private static readonly ByteSize GreatestReserve = ByteSize.GiB(1);
    private readonly DriveInfo disk = new(root);
    private readonly Lock gate = new();
    private bool isBelow;
    private long? checkedAt;

    /// <summary>Free space is below the reserve; read again at most once an interval.</summary>
    public bool IsBelow
    {
        get
        {
            lock (gate)
            {
                if (checkedAt is not { } at || time.GetElapsedTime(at) >= options.DiskCheckInterval)
                {
                    checkedAt = time.GetTimestamp();
                    isBelow = disk.AvailableFreeSpace < Reserve().Bytes;
                }

                return isBelow;
            }
        }
    }

    private ByteSize Reserve() => options.DiskReserve
        ?? new ByteSize(Math.Clamp((long)(disk.TotalSize * ShareOfDisk), LeastReserve.Bytes, GreatestReserve.Bytes));
}
