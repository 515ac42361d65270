using Recount.Recordings.Rebuild;

namespace Recount.Doctor;

/// <summary>What must hold, and whether all of it does.</summary>
internal sealed record DoctorAnswer(bool Holds, IReadOnlyList<DoctorCheck> Checks);

/// <summary>How far a rebuild is; the last line is complete.</summary>
internal sealed record RebuildProgress(
    int Sessions,
    int Parts,
    int Chunks,
    int Quarantined,
    int ReleasedObjects,
    IReadOnlyList<string> Faults,
    bool IsComplete)
{
    public static RebuildProgress Of(RebuildReport report) => new(
        report.Sessions,
        report.Parts,
        report.Chunks,
        report.Quarantined,
        report.ReleasedObjects,
        report.Faults,
        report.IsComplete);
}
