using Dapper;
using Recount.Database;
using Recount.ObjectStore;
using Recount.Primitives;
using Recount.Recordings.Conservation;
using Recount.Recordings.Seal;

namespace Recount.Doctor;

/// <summary>One thing that must hold.</summary>
/// <param name="Check">Its name.</param>
/// <param name="Holds">Whether it does.</param>
/// <param name="Detail">What was measured, or what is wrong.</param>
public sealed record DoctorCheck(string Check, bool Holds, string Detail);

/// <summary>Looks whether the archive is what the database says, and nothing has disappeared.</summary>
public sealed class DoctorChecks(
    Db db,
    ConservationStore conservation,
    IntakeFindings intake,
    IObjectStore objects,
    IEnumerable<IHealthPart> parts)
{
    private static readonly DateTimeOffset Always = DateTimeOffset.UnixEpoch;
    private static readonly DateTimeOffset Never = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public async Task<IReadOnlyList<DoctorCheck>> RunAsync(CancellationToken token) =>
    [
        Running(),
        await NothingDisappearedAsync(token),
        await NoObjectMissingAsync(token),
        await PartsAreThereAsync(token),
    ];

    private DoctorCheck Running()
    {
        var failing = parts.Select(part => (part.Name, State: part.Check())).Where(part => !part.State.Ready).ToList();
        return new DoctorCheck("running", failing.Count == 0, failing.Count == 0
            ? "Every part of the server runs."
            : string.Join("; ", failing.Select(part => $"{part.Name}: {part.State.Detail ?? part.State.State}")));
    }

    private async Task<DoctorCheck> NothingDisappearedAsync(CancellationToken token)
    {
        var rows = await conservation.RowsAsync(null, Always, Never, token);
        var wrong = rows.Where(row => row.Difference != 0).ToList();
        return new DoctorCheck("conservation", wrong.Count == 0, wrong.Count == 0
            ? $"{rows.Sum(row => row.Accepted):N0} chunks were accepted and each is accounted for."
            : string.Join("; ", wrong.Take(10).Select(row => $"{row.Difference:N0} in the hour of {row.Hour:u} ({row.Account})")));
    }

    private async Task<DoctorCheck> NoObjectMissingAsync(CancellationToken token)
    {
        var found = (await intake.FindAsync(token)).ToLookup(finding => finding.State, finding => finding.Key);
        var (missing, damaged) = (found[IntakeFindingState.Missing].ToList(), found[IntakeFindingState.Damaged].ToList());
        return new DoctorCheck("intake", missing.Count == 0, (missing.Count, damaged.Count) switch
        {
            (> 0, _) => $"{missing.Count:N0} objects are missing, the first is {missing[0]}.",
            (0, > 0) => $"No object is missing; of {damaged.Count:N0} some is in quarantine as damaged, the first is {damaged[0]}.",
            _ => "No intake object is missing from its chain.",
        });
    }

    /// <summary>Compares keys only; what the objects hold is compared when they are sealed, and by a rebuild.</summary>
    private async Task<DoctorCheck> PartsAreThereAsync(CancellationToken token)
    {
        const string all = "SELECT account, session, page, part FROM recount.part";
        var stored = new HashSet<string>();
        await foreach (var key in objects.ListAsync(PartKeys.RecordingPrefix, null, token))
        {
            stored.Add(key);
        }

        await using var connection = await db.OpenAsync(token);
        var rows = await connection.QueryAsync<(Guid Account, Guid Session, Guid Page, int Part)>(
            new CommandDefinition(all, cancellationToken: token));
        var known = rows
            .Select(row => PartKeys.Recording(new Recordings.Index.PageId(row.Account, row.Session, row.Page), row.Part))
            .ToHashSet();
        var absent = known.Except(stored).ToList();
        var unknown = stored.Except(known).Count();
        return new DoctorCheck("recordings", absent.Count == 0 && unknown == 0, absent.Count > 0
            ? $"{absent.Count:N0} sealed parts are not in the store, the first is {absent[0]}."
            : unknown > 0
                ? $"{unknown:N0} parts in the store are not in the database; run recount doctor --rebuild."
                : $"{known.Count:N0} sealed parts are in the store.");
    }
}
