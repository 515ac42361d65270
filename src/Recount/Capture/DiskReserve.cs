using Microsoft.Extensions.Options;
using Recount.Primitives;

namespace Recount.Capture;

/// <summary>Whether the disk still has what sealing the pending intake will need.</summary>
public sealed class DiskReserve(DataDirectory data, IOptions<CaptureOptions> options, TimeProvider time)
{
    private const double ShareOfDisk = 0.02;
    private static readonly ByteSize LeastReserve = ByteSize.MiB(64);
    private static readonly ByteSize GreatestReserve = ByteSize.GiB(1);
    private readonly DriveInfo disk = new(data.Root);
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
                if (checkedAt is not { } at || time.GetElapsedTime(at) >= options.Value.DiskCheckInterval)
                {
                    checkedAt = time.GetTimestamp();
                    isBelow = Free < Reserve;
                }

                return isBelow;
            }
        }
    }

    /// <summary>Free space below which chunks are refused.</summary>
    public ByteSize Reserve => options.Value.DiskReserve
        ?? new ByteSize(Math.Clamp((long)(disk.TotalSize * ShareOfDisk), LeastReserve.Bytes, GreatestReserve.Bytes));

    /// <summary>Space that this process may still use.</summary>
    public ByteSize Free => new(disk.AvailableFreeSpace);
}
