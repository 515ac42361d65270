using Recount.Wire.Segments;

namespace Recount.Recordings.Reading;

/// <summary>Why something cannot be played; the closed list of <c>docs/schemas/lists.json</c>.</summary>
public static class GapCause
{
    /// <summary>A chunk never came.</summary>
    public const string NotReceived = "not_received";

    /// <summary>The SDK says that it did not capture or could not send it.</summary>
    public const string NotSent = "not_sent";

    public const string Quarantined = "quarantined";
    public const string Damaged = "damaged";
    public const string HashMismatch = "hash_mismatch";
    public const string ObjectMissing = "object_missing";
    public const string VersionNewer = "version_newer";
    public const string Erased = "erased";

    public static IReadOnlyList<string> All { get; } =
        [NotReceived, NotSent, Quarantined, Damaged, HashMismatch, ObjectMissing, VersionNewer, Erased];

    public static string Of(SegmentFault fault) => fault switch
    {
        SegmentFault.Damaged => Damaged,
        SegmentFault.VersionNewer => VersionNewer,
        _ => HashMismatch,
    };
}
