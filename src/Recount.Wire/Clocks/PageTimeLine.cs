namespace Recount.Wire.Clocks;

/// <summary>How far a derived time can be relied on.</summary>
public enum TimeQuality
{
    /// <summary>Measured on the server's clock; late by the least network delay, which ErrorMs estimates.</summary>
    Exact,

    /// <summary>Derived with the help of the device's wall clock; right within ErrorMs if that clock was not changed.</summary>
    Estimated,

    /// <summary>Nothing believable was measured; a place on the time line so that the page can be shown.</summary>
    Unknown,
}

/// <summary>A run of the page clock without a pause: one page clock value is one server time.</summary>
/// <param name="FromClockMs">Page clock at which it begins, ms; it lasts to the next stretch.</param>
/// <param name="StartMicros">Server time of page clock 0 as seen from this stretch, microseconds since the Unix
/// epoch. Grows from stretch to stretch, by what the device slept between them.</param>
/// <param name="Quality">How far <paramref name="StartMicros"/> can be relied on.</param>
/// <param name="ErrorMs">Size of the doubt, ms; <see cref="UnboundedMs"/> when the quality is unknown.</param>
public readonly record struct Stretch(double FromClockMs, long StartMicros, TimeQuality Quality, double ErrorMs)
{
    /// <summary>A finite stand-in for "no bound": the longest page life that is believed.</summary>
    public const double UnboundedMs = ServerTime.MaxClockMs;
}

/// <summary>A page's place on the server's time line: a map from its page clock that never goes backwards.</summary>
public sealed class PageTimeLine
{
    private readonly Stretch[] _stretches;

    /// <param name="stretches">In order; of several that begin at one page clock, the last one counts.</param>
    /// <param name="skewMs">See <see cref="SkewMs"/>.</param>
    internal PageTimeLine(IReadOnlyList<Stretch> stretches, double? skewMs)
    {
        _stretches = [.. stretches.Where((stretch, i) =>
            i == stretches.Count - 1 || stretches[i + 1].FromClockMs > stretch.FromClockMs)];
        SkewMs = skewMs;
    }

    /// <summary>In order of page clock; at least one, the first from page clock 0.</summary>
    public IReadOnlyList<Stretch> Stretches => _stretches;

    /// <summary>The device's wall clock minus the server's time, ms, where it was furthest off; null when no wall
    /// clock was told. Shown, never used.</summary>
    public double? SkewMs { get; }

    /// <summary>The stretch that a page clock value (ms) lies in. NaN and negative values lie in the first.</summary>
    public Stretch StretchAt(double clockMs)
    {
        int low = 0, high = _stretches.Length;
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            (low, high) = _stretches[middle].FromClockMs <= clockMs ? (middle, high) : (low, middle);
        }

        return _stretches[low];
    }

    /// <summary>
    /// Server time of a page clock value (ms), in microseconds since the Unix epoch. Total: any double has an answer
    /// within the years 1 to 9999, and a greater clock never has an earlier one.
    /// </summary>
    public long ServerMicrosAt(double clockMs)
    {
        var clock = clockMs >= 0 ? Math.Min(clockMs, ServerTime.MaxClockMs) : 0;
        return ServerTime.Clamp(StretchAt(clock).StartMicros + ServerTime.SpanFromMs(clock));
    }
}
