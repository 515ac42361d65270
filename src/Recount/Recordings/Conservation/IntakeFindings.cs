using Recount.Capture.Intake;

namespace Recount.Recordings.Conservation;

/// <summary>What is not as it should be with an intake object; the closed list of <c>docs/schemas/lists.json</c>.</summary>
public static class IntakeFindingState
{
    /// <summary>It must have been there, or its bytes are still needed, and it is not there: chunks are lost.</summary>
    public const string Missing = "missing";

    /// <summary>It is there and was not counted yet, or cannot be read at present.</summary>
    public const string Unread = "unread";

    /// <summary>Some of it is in quarantine as damaged; the rest was archived.</summary>
    public const string Damaged = "damaged";

    public static IReadOnlyList<string> All { get; } = [Missing, Unread, Damaged];
}

/// <summary>An intake object that is not as it should be.</summary>
/// <param name="Key">The object.</param>
/// <param name="State">One of <see cref="IntakeFindingState"/>.</param>
public sealed record IntakeFinding(IntakeKey Key, string State);

/// <summary>Names the intake objects that explain a difference, or would be one that no count can show.</summary>
public sealed class IntakeFindings(IntakeBootStore store, IntakeReader intake)
{
    /// <summary>In the order of missing, unread, damaged.</summary>
    public async Task<IReadOnlyList<IntakeFinding>> FindAsync(CancellationToken token)
    {
        var (there, missing) = await LookAsync(store.UncountedAsync, token);
        var (_, lost) = await LookAsync(store.NeededAsync, token);
        var damaged = await store.DamagedAsync(token);
        return
        [
            .. missing.Concat(lost).Distinct().Select(key => new IntakeFinding(key, IntakeFindingState.Missing)),
            .. there.Select(key => new IntakeFinding(key, IntakeFindingState.Unread)),
            .. damaged.Select(key => new IntakeFinding(key, IntakeFindingState.Damaged)),
        ];
    }

    private async Task<(List<IntakeKey> There, List<IntakeKey> Absent)> LookAsync(
        Func<CancellationToken, Task<IReadOnlyList<IntakeKey>>> ask, CancellationToken token)
    {
        var (there, absent) = (new List<IntakeKey>(), new List<IntakeKey>());
        foreach (var key in await ask(token))
        {
            (await intake.ExistsAsync(key, token) ? there : absent).Add(key);
        }

        if (absent.Count > 0)
        {
            // Between the question and the look it may have been counted, archived and released.
            var still = (await ask(token)).ToHashSet();
            absent.RemoveAll(key => !still.Contains(key));
        }

        return (there, absent);
    }
}
