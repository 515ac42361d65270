using Recount.Recordings.Conservation;

namespace Recount.Ui.Pages.Health;

/// <summary>The hours of all accounts together.</summary>
internal static class HourSums
{
    /// <summary>One for each hour, the latest first; accounts are told apart in their names only.</summary>
    public static IReadOnlyList<ConservationHour> Of(IReadOnlyList<ConservationHour> rows) =>
        [.. rows.GroupBy(row => row.Chunks.Hour).OrderByDescending(hour => hour.Key).Select(Sum)];

    private static ConservationHour Sum(IGrouping<DateTimeOffset, ConservationHour> hour) => new()
    {
        Chunks = Chunks(hour),
        Sessions = Sessions(hour),
        LostSessions = [.. hour.SelectMany(row => row.LostSessions)],
        Captured = Captured(hour),
        Dropped = hour.SelectMany(row => row.Dropped).GroupBy(item => item.Key)
            .ToDictionary(reason => reason.Key, reason => reason.Sum(item => item.Value)),
        Pages = [.. hour.SelectMany(row => row.Pages)],
    };

    private static ConservationRow Chunks(IGrouping<DateTimeOffset, ConservationHour> hour) => new()
    {
        Hour = hour.Key,
        Accepted = hour.Sum(row => row.Chunks.Accepted),
        Pending = hour.Sum(row => row.Chunks.Pending),
        Archived = hour.Sum(row => row.Chunks.Archived),
        Duplicate = hour.Sum(row => row.Chunks.Duplicate),
        Quarantined = hour.Sum(row => row.Chunks.Quarantined),
        Erased = hour.Sum(row => row.Chunks.Erased),
    };

    private static SeenSessions Sessions(IGrouping<DateTimeOffset, ConservationHour> hour) => new()
    {
        Hour = hour.Key,
        Seen = hour.Sum(row => row.Sessions.Seen),
        Archived = hour.Sum(row => row.Sessions.Archived),
        Pending = hour.Sum(row => row.Sessions.Pending),
        Quarantined = hour.Sum(row => row.Sessions.Quarantined),
        Difference = hour.Sum(row => row.Sessions.Difference),
    };

    private static CapturedHour Captured(IGrouping<DateTimeOffset, ConservationHour> hour) => new()
    {
        Hour = hour.Key,
        Pages = hour.Sum(row => row.Captured.Pages),
        Captured = hour.Sum(row => row.Captured.Captured),
        Arrived = hour.Sum(row => row.Captured.Arrived),
        Pending = hour.Sum(row => row.Captured.Pending),
        Difference = hour.Sum(row => row.Captured.Difference),
    };
}
