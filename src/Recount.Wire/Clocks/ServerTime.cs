namespace Recount.Wire.Clocks;

/// <summary>
/// Bounds of the server's time line, and conversions onto it that cannot overflow. Every number that a device sends
/// passes through here before it takes part in arithmetic.
/// </summary>
internal static class ServerTime
{
    /// <summary>0001-01-01T00:00:00Z and the last microsecond of 9999, in microseconds since the Unix epoch: what a
    /// <see cref="DateTimeOffset"/> can hold, so every derived time can be shown.</summary>
    public const long MinMicros = -62_135_596_800_000_000;

    public const long MaxMicros = 253_402_300_799_999_999;

    /// <summary>Page clocks above this are no page clocks: the usual one is a Unix time sent by mistake.</summary>
    public const double MaxClockMs = 366 * 86_400_000d;

    /// <summary>Range of a JavaScript Date.</summary>
    private const double MaxWallMs = 8.64e15;

    public static long Clamp(long micros) => Math.Clamp(micros, MinMicros, MaxMicros);

    /// <summary>Clamped twice: the nearest double to the upper bound lies beyond it.</summary>
    public static long FromMs(double ms) => Clamp((long)Math.Clamp(Math.Round(ms * 1000), MinMicros, MaxMicros));

    /// <summary>A span of at most the longest page life, so that sums of it and a server time stay in range.</summary>
    public static long SpanFromMs(double ms) => (long)Math.Round(Math.Clamp(ms, -MaxClockMs, MaxClockMs) * 1000);

    public static double ToMs(long micros) => micros / 1000d;

    public static double? ValidClock(double? ms) => ms is >= 0 and <= MaxClockMs ? ms : null;

    public static double? ValidWall(double? ms) => ms is >= -MaxWallMs and <= MaxWallMs ? ms : null;

    /// <summary>The middle one, or the middle of the middle two; the values must be sorted and at least one.</summary>
    public static long Median(IReadOnlyList<long> sorted)
    {
        var low = sorted[(sorted.Count - 1) / 2];
        return low + (sorted[sorted.Count / 2] - low) / 2;
    }
}
