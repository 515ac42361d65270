namespace Recount.Wire.Clocks;

/// <summary>
/// An <c>anchor</c> entry: wall clock and page clock read at one moment, which a device records when the two have
/// moved apart by over 1 s. It says that something happened; whether it was a sleep or a changed clock is derived.
/// </summary>
/// <param name="Seq">The chunk that holds it.</param>
/// <param name="Position">Its position among the chunk's entries.</param>
/// <param name="WallMs">The device's wall clock, Unix ms; as it came.</param>
/// <param name="ClockMs">The page clock, ms; as it came.</param>
public readonly record struct ClockAnchor(int Seq, int Position, double? WallMs, double? ClockMs);
