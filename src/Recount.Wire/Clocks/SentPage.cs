namespace Recount.Wire.Clocks;

/// <summary>
/// A page that sent at least one chunk itself. Its sends, in order of page clock, measure its start; where that
/// measure grows for good, the device slept.
/// </summary>
/// <param name="sends">In order, at least one.</param>
/// <param name="jumps">In order: where wall clock and page clock moved apart.</param>
internal sealed class SentPage(IReadOnlyList<Send> sends, IReadOnlyList<WallJump> jumps, ReceptionLimits limits)
{
    /// <summary>Longer than a request lives: a growth beyond this is a sleep whatever the wall clock says, since not
    /// all later sends can have been under way for so long.</summary>
    private const long LongestDelayMicros = 300_000_000;

    /// <summary>Pages send every few seconds while they are online, so a page whose first send comes later than this
    /// was offline before it, and may have slept there. Before an earlier one, a jump is taken for a set clock.</summary>
    private const double OnlineWithinMs = 60_000;

    /// <summary>What the delay of a single send is taken for, and the least doubt that many can leave.</summary>
    private const double DelayOfOneMs = 1000;

    private const double LeastErrorMs = 50;

    private readonly List<Cut> _cuts = [];
    private readonly NodeMinima _nodes = new(sends);
    private readonly List<List<long>> _delays = [];
    private int _nextJump;

    public List<Stretch> Derive()
    {
        var head = JumpsBefore(sends[0]);
        var pausedAt = FindSleeps();
        var tail = jumps.Skip(_nextJump).ToList();

        var (start, disagreement) = _nodes.Start();
        MeasureDelays(pausedAt);
        var first = Measured(_cuts[0], start, _delays[0], disagreement);
        var stretches = UnsentStretches.Before(first, head, sends[0].ClockMs > OnlineWithinMs);
        for (var c = 1; c < _cuts.Count; c++)
        {
            stretches.Add(Measured(_cuts[c], start, _delays[c], disagreement));
        }

        stretches.AddRange(UnsentStretches.After(stretches[^1], tail, limits));
        return stretches;
    }

    /// <summary>Walks the gaps between sends and cuts where the device slept. Returns the pauses before each send.</summary>
    private long[] FindSleeps()
    {
        var paused = 0L;
        var pausedAt = new long[sends.Count];
        _cuts.Add(new Cut(0, 0, null));
        _nodes.Pass(0, 0);
        for (var i = 1; i < sends.Count; i++)
        {
            var gap = JumpsBefore(sends[i]);
            var slept = Slept(_nodes.Growth(i, paused), gap.Sum(jump => jump.ByMs));
            if (slept > 0)
            {
                CutAt(gap, sends[i], paused, slept);
                paused += slept;
            }

            pausedAt[i] = paused;
            _nodes.Pass(i, paused);
        }

        return pausedAt;
    }

    /// <summary>
    /// A slow network makes the figure grow too, and then a changed wall clock must not turn it into a sleep. After
    /// a sleep both say the same: the wall clock ran on, and the figure grew by about as much. Asking for half of it
    /// means that a sleep is missed only where it is shorter than twice the least delay before it, and the time is
    /// then off by less than that delay.
    /// </summary>
    /// <returns>Microseconds; 0 when the device was awake.</returns>
    private static long Slept((long Micros, bool SameNode) growth, double wallAheadMs)
    {
        if (growth.SameNode && growth.Micros > LongestDelayMicros)
        {
            return growth.Micros;
        }

        if (wallAheadMs <= WallJump.LeastMs || ServerTime.ToMs(growth.Micros) < wallAheadMs / 2)
        {
            return 0;
        }

        // Another node's growth may reach past this gap, over a later sleep, or be the difference of two clocks.
        return growth.SameNode ? growth.Micros : Math.Min(growth.Micros, ServerTime.FromMs(wallAheadMs));
    }

    /// <summary>Several jumps without a send between them share the growth as their wall clock says.</summary>
    private void CutAt(List<WallJump> gap, Send after, long paused, long growth)
    {
        var shared = 0L;
        var ahead = 0d;
        foreach (var jump in gap.SkipLast(1))
        {
            ahead += jump.ByMs;
            var upToHere = Math.Clamp(ServerTime.SpanFromMs(ahead), shared, growth);
            if (upToHere > shared)
            {
                shared = upToHere;
                _cuts.Add(new Cut(jump.At.ClockMs, paused + shared, ServerTime.ToMs(growth)));
            }
        }

        _cuts.Add(new Cut(gap.Count > 0 ? gap[^1].At.ClockMs : after.ClockMs, paused + growth, null));
    }

    private List<WallJump> JumpsBefore(Send send)
    {
        var found = new List<WallJump>();
        while (_nextJump < jumps.Count && jumps[_nextJump].At.IsBefore(send))
        {
            found.Add(jumps[_nextJump++]);
        }

        return found;
    }

    private void MeasureDelays(long[] pausedAt)
    {
        var measured = new Dictionary<long, List<long>>();
        for (var i = 0; i < sends.Count; i++)
        {
            if (!measured.TryGetValue(pausedAt[i], out var delays))
            {
                measured[pausedAt[i]] = delays = [];
            }

            delays.Add(_nodes.DelayBeyondLeast(i, pausedAt[i]));
        }

        _delays.AddRange(_cuts.Select(cut => cut.SharedGrowthMs is null ? measured[cut.PausedMicros] : []));
    }

    /// <summary>One-way times cannot bound a delay; its spread and the number of tries say how large the least of
    /// them may be. Spread beyond any delay means that the page clock was none.</summary>
    private static Stretch Measured(Cut cut, long start, List<long> delays, long disagreement)
    {
        var from = ServerTime.Clamp(start + cut.PausedMicros);
        if (cut.SharedGrowthMs is { } shared)
        {
            return new Stretch(cut.FromClockMs, from, TimeQuality.Estimated, shared);
        }

        delays.Sort();
        var spread = ServerTime.Median(delays);
        var error = Math.Max(Math.Max(DelayOfOneMs / delays.Count, LeastErrorMs), ServerTime.ToMs(spread))
            + ServerTime.ToMs(disagreement);
        var quality = spread <= LongestDelayMicros ? TimeQuality.Exact : TimeQuality.Estimated;
        return new Stretch(cut.FromClockMs, from, quality, error);
    }

    private readonly record struct Cut(double FromClockMs, long PausedMicros, double? SharedGrowthMs);
}
