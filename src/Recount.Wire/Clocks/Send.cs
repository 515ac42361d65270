namespace Recount.Wire.Clocks;

/// <summary>A chunk sent by the page's own document: one measurement of where page clock 0 lies.</summary>
/// <param name="ClockMs">Page clock when sending.</param>
/// <param name="Seq">The chunk that was sent.</param>
/// <param name="Boot">Whose clock received it.</param>
/// <param name="StartMicros">Received minus page clock: the true start, plus the delay, plus that node's skew.</param>
/// <param name="WallOffsetMs">Wall clock minus page clock on the device, if told.</param>
internal readonly record struct Send(
    double ClockMs, int Seq, Guid Boot, long StartMicros, double? WallOffsetMs) : IComparable<Send>
{
    /// <summary>A total order, so that the order of the inputs cannot matter.</summary>
    public int CompareTo(Send other)
    {
        var order = ClockMs.CompareTo(other.ClockMs);
        order = order != 0 ? order : Seq.CompareTo(other.Seq);
        order = order != 0 ? order : StartMicros.CompareTo(other.StartMicros);
        order = order != 0 ? order : Boot.CompareTo(other.Boot);
        return order != 0 ? order : Nullable.Compare(WallOffsetMs, other.WallOffsetMs);
    }
}
