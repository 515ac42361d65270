using FsCheck;
using FsCheck.Fluent;

namespace Recount.Tests.Wire.Clocks;

/// <summary>How a device's wall clock may be wrong.</summary>
internal enum WallFault
{
    None,
    SecondAhead,
    SecondBehind,
    FiftyFiveMinutesAhead,
    FiftyFiveMinutesBehind,
    DayAhead,
    DayBehind,
    FourHundredDaysAhead,
    FourHundredDaysBehind,

    /// <summary>Starts at the Unix epoch, as after an empty battery.</summary>
    Epoch,
    Year9999,
    NotANumber,
    Infinite,

    /// <summary>Shows another hour each time it is read.</summary>
    Jumping,
}

/// <summary>The wall clock of a device: set anew before each phase.</summary>
internal sealed record WallPlan(WallFault[] Faults)
{
    private const double Hour = 3_600_000;

    public static readonly WallPlan Right = new([WallFault.None]);

    public static Arbitrary<WallPlan> Any() => Arb.From(
        from faults in Gen.Resize(Gen.NonEmptyListOf(Gen.Elements(Enum.GetValues<WallFault>())), 12)
        select new WallPlan([.. faults]));

    /// <summary>Wrong from the start, never set.</summary>
    public static Arbitrary<WallPlan> Steady() => Arb.From(
        from fault in Gen.Elements(Enum.GetValues<WallFault>().Where(fault => fault < WallFault.NotANumber).ToArray())
        select new WallPlan([fault]));

    /// <summary>What the clock shows.</summary>
    /// <param name="phase">Phase of the device's life.</param>
    /// <param name="trueMs">The true time.</param>
    /// <param name="setAtMs">The true time at which this phase began.</param>
    /// <param name="reading">How often the clock was read before.</param>
    public double Show(int phase, double trueMs, double setAtMs, int reading) => FaultOf(phase) switch
    {
        WallFault.SecondAhead => trueMs + 1_000,
        WallFault.SecondBehind => trueMs - 1_000,
        WallFault.FiftyFiveMinutesAhead => trueMs + 55 * 60_000,
        WallFault.FiftyFiveMinutesBehind => trueMs - 55 * 60_000,
        WallFault.DayAhead => trueMs + 23 * Hour,
        WallFault.DayBehind => trueMs - 23 * Hour,
        WallFault.FourHundredDaysAhead => trueMs + 400 * 24 * Hour,
        WallFault.FourHundredDaysBehind => trueMs - 400 * 24 * Hour,
        WallFault.Epoch => trueMs - setAtMs,
        WallFault.Year9999 => trueMs - setAtMs + 253_402_300_000_000,
        WallFault.NotANumber => double.NaN,
        WallFault.Infinite => double.PositiveInfinity,
        WallFault.Jumping => trueMs + (reading * 7919 % 13 - 6) * Hour,
        _ => trueMs,
    };

    /// <summary>A fault lasts: two phases with one fault are one setting of the clock.</summary>
    public bool IsSetBefore(int phase) => phase == 0 || FaultOf(phase) != FaultOf(phase - 1);

    public override string ToString() => string.Join(", ", Faults);

    private WallFault FaultOf(int phase) => Faults[Math.Min(phase, Faults.Length - 1)];
}
