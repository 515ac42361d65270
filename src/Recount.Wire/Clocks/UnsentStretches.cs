namespace Recount.Wire.Clocks;

/// <summary>
/// Stretches in which the page sent nothing itself. There only the wall clock tells how long the device slept, so
/// their times are estimated, and in doubt by the whole of what it says.
/// </summary>
internal static class UnsentStretches
{
    /// <summary>The stretches up to and including <paramref name="known"/>, which the last of the jumps begins.</summary>
    /// <param name="known">The first stretch whose start is known.</param>
    /// <param name="jumps">The jumps before it, in order.</param>
    /// <param name="slept">True to take jumps forward for sleeps; else they only lower the quality.</param>
    public static List<Stretch> Before(Stretch known, IReadOnlyList<WallJump> jumps, bool slept)
    {
        var stretches = new List<Stretch>();
        var current = known;
        var doubtMs = 0d;
        for (var j = jumps.Count - 1; j >= 0; j--)
        {
            var jump = jumps[j];
            if (!MayBeSleep(jump, doubtMs))
            {
                continue;
            }

            doubtMs += jump.ByMs;
            stretches.Add(current with { FromClockMs = jump.At.ClockMs });
            var start = current.StartMicros - (slept ? ServerTime.SpanFromMs(jump.ByMs) : 0);
            current = new Stretch(0, ServerTime.Clamp(start), TimeQuality.Estimated, known.ErrorMs + doubtMs);
        }

        stretches.Add(current with { FromClockMs = 0 });
        stretches.Reverse();
        return stretches;
    }

    /// <summary>The stretches that follow <paramref name="known"/>: a jump counts as a sleep unless an entry would
    /// then lie after its reception.</summary>
    public static IEnumerable<Stretch> After(Stretch known, IReadOnlyList<WallJump> jumps, ReceptionLimits limits)
    {
        var start = known.StartMicros;
        var doubtMs = 0d;
        foreach (var jump in jumps)
        {
            var moved = ServerTime.Clamp(start + ServerTime.SpanFromMs(jump.ByMs));
            if (MayBeSleep(jump, doubtMs) && limits.Allow(moved, jump.At))
            {
                start = moved;
                doubtMs += jump.ByMs;
                yield return new Stretch(
                    jump.At.ClockMs, start, TimeQuality.Estimated, known.ErrorMs + doubtMs);
            }
        }
    }

    private static bool MayBeSleep(WallJump jump, double doubtMs) =>
        jump.ByMs > WallJump.LeastMs && doubtMs + jump.ByMs <= WallJump.LongestUnsentMs;
}
