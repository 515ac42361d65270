using FsCheck;
using FsCheck.Fluent;

namespace Recount.Tests.Wire.Clocks;

/// <summary>What happens to a chunk on its way.</summary>
internal enum Fate
{
    Arrives,

    /// <summary>Arrives, and arrives again: the answer was lost.</summary>
    ArrivesTwice,

    /// <summary>Arrives when the next chunk is sent.</summary>
    Retried,

    /// <summary>Kept until a later document delivers it.</summary>
    Outbox,

    Lost,
}

/// <summary>One upload: its fate, how long it is under way, and the node that takes it.</summary>
internal sealed record Upload(Fate Fate, int DelayMs, int Node);

/// <summary>The page is used for a time, and then the device sleeps (or not: 0).</summary>
internal sealed record Phase(int UsedMs, int SleptMs);

/// <summary>What really happens to a device, without any wall clock.</summary>
internal sealed record DevicePlan(Phase[] Phases, Upload[] Uploads, int[] NodeSkewMs)
{
    public override string ToString() =>
        $"phases [{string.Join(", ", Phases.Select(p => $"{p.UsedMs}+{p.SleptMs}"))}] "
        + $"uploads [{string.Join(", ", Uploads.Select(u => $"{u.Fate} {u.DelayMs} @{u.Node}"))}] "
        + $"nodes [{string.Join(", ", NodeSkewMs)}]";

    /// <param name="sleeps">How long the device may sleep after a phase, ms.</param>
    /// <param name="delays">How long an upload may be under way, ms.</param>
    /// <param name="skews">The nodes' clocks, ms off.</param>
    /// <param name="fates">What may become of an upload.</param>
    public static Arbitrary<DevicePlan> Any(Gen<int> sleeps, Gen<int> delays, int[] skews, params Fate[] fates)
    {
        var phase = from used in Gen.Choose(0, 25_000) from slept in sleeps select new Phase(used, slept);
        var upload =
            from fate in Gen.Elements(fates)
            from delay in delays
            from node in Gen.Choose(0, skews.Length - 1)
            select new Upload(fate, delay, node);
        var plan =
            from phases in Gen.NonEmptyListOf(phase)
            from uploads in Gen.NonEmptyListOf(upload)
            select new DevicePlan([.. phases], [.. uploads], skews);
        return Arb.From(Gen.Resize(plan, 12), Shrink);
    }

    private static IEnumerable<DevicePlan> Shrink(DevicePlan plan)
    {
        foreach (var phases in Without(plan.Phases))
        {
            yield return plan with { Phases = phases };
        }

        foreach (var uploads in Without(plan.Uploads))
        {
            yield return plan with { Uploads = uploads };
        }
    }

    private static IEnumerable<T[]> Without<T>(T[] items) =>
        items.Length == 1 ? [] : items.Select((_, i) => items.Where((_, j) => j != i).ToArray());
}
