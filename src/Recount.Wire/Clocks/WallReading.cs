namespace Recount.Wire.Clocks;

/// <summary>Wall clock and page clock of the device at one moment: from an anchor, a send, or the page's opening.</summary>
/// <param name="ClockMs">Page clock.</param>
/// <param name="Seq">The chunk that tells it.</param>
/// <param name="Position">Position in the chunk; a send comes after all that the chunk holds.</param>
/// <param name="OffsetMs">Wall clock minus page clock.</param>
internal readonly record struct WallReading(double ClockMs, int Seq, int Position, double OffsetMs)
    : IComparable<WallReading>
{
    private const int Sending = int.MaxValue;

    public static IReadOnlyList<WallReading> Collect(
        double? openedWallMs, IReadOnlyList<ClockAnchor> anchors, IReadOnlyList<Send> sends)
    {
        var readings = new List<WallReading>(anchors.Count + sends.Count + 1);
        if (ServerTime.ValidWall(openedWallMs) is { } opened)
        {
            readings.Add(new WallReading(0, int.MinValue, int.MinValue, opened));
        }

        foreach (var anchor in anchors)
        {
            if (ServerTime.ValidClock(anchor.ClockMs) is { } clock && ServerTime.ValidWall(anchor.WallMs) is { } wall)
            {
                readings.Add(new WallReading(clock, anchor.Seq, anchor.Position, wall - clock));
            }
        }

        foreach (var send in sends)
        {
            if (send.WallOffsetMs is { } offset)
            {
                readings.Add(new WallReading(send.ClockMs, send.Seq, Sending, offset));
            }
        }

        readings.Sort();
        return readings;
    }

    public int CompareTo(WallReading other)
    {
        var order = ClockMs.CompareTo(other.ClockMs);
        order = order != 0 ? order : Seq.CompareTo(other.Seq);
        order = order != 0 ? order : Position.CompareTo(other.Position);
        return order != 0 ? order : OffsetMs.CompareTo(other.OffsetMs);
    }

    /// <summary>A page clock that stood still during a sleep shows one value twice; the chunk's number then says
    /// whether a send came before.</summary>
    public bool IsBefore(Send send) =>
        ClockMs < send.ClockMs || (ClockMs == send.ClockMs && Seq <= send.Seq);
}

/// <summary>Wall clock and page clock moved apart: the device slept (forward only), or its clock was changed.</summary>
/// <param name="At">The reading that showed it first.</param>
/// <param name="ByMs">How far the wall clock ran ahead of the page clock since the jump before.</param>
internal readonly record struct WallJump(WallReading At, double ByMs)
{
    /// <summary>What a device calls apart (<c>anchor</c> entries). Sends are read as well, so that a sleep whose
    /// anchor was lost with its chunk still shows.</summary>
    public const double LeastMs = 1000;

    /// <summary>Where no send tells a sleep from a set clock, sleeps are believed up to this in all: as long as a
    /// device is expected to keep what it could not send.</summary>
    public const double LongestUnsentMs = 31 * 86_400_000d;

    public static IReadOnlyList<WallJump> Between(IReadOnlyList<WallReading> readings)
    {
        var jumps = new List<WallJump>();
        double? current = null;
        foreach (var reading in readings)
        {
            var by = reading.OffsetMs - (current ?? reading.OffsetMs);
            current ??= reading.OffsetMs;
            if (Math.Abs(by) > LeastMs)
            {
                jumps.Add(new WallJump(reading, by));
                current = reading.OffsetMs;
            }
        }

        return jumps;
    }
}
