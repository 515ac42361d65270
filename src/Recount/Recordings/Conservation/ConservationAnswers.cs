namespace Recount.Recordings.Conservation;

/// <summary>An hour of an account as the API gives it.</summary>
internal sealed record ConservationAnswer(
    Guid Account,
    DateTimeOffset Hour,
    long Accepted,
    long Pending,
    long Archived,
    long Duplicate,
    long Quarantined,
    long Erased,
    long Difference,
    SessionsSeenAnswer Sessions,
    SdkCountAnswer Sdk)
{
    public static ConservationAnswer Of(ConservationHour hour) => new(
        hour.Chunks.Account,
        hour.Chunks.Hour,
        hour.Chunks.Accepted,
        hour.Chunks.Pending,
        hour.Chunks.Archived,
        hour.Chunks.Duplicate,
        hour.Chunks.Quarantined,
        hour.Chunks.Erased,
        hour.Chunks.Difference,
        SessionsSeenAnswer.Of(hour),
        SdkCountAnswer.Of(hour));
}

/// <summary>What became of the sessions that were first seen in the hour.</summary>
internal sealed record SessionsSeenAnswer(
    long Seen, long Archived, long Pending, long Quarantined, long Difference, IReadOnlyList<Guid> Missing)
{
    public static SessionsSeenAnswer Of(ConservationHour hour) => new(
        hour.Sessions.Seen,
        hour.Sessions.Archived,
        hour.Sessions.Pending,
        hour.Sessions.Quarantined,
        hour.Sessions.Difference,
        hour.LostSessions);
}

/// <summary>What SDKs captured on the pages that began to arrive in the hour.</summary>
internal sealed record SdkCountAnswer(
    long Pages,
    long Captured,
    long Arrived,
    IReadOnlyDictionary<string, long> Dropped,
    long Pending,
    long Difference,
    IReadOnlyList<DifferingPageItem> Differing)
{
    public static SdkCountAnswer Of(ConservationHour hour) => new(
        hour.Captured.Pages,
        hour.Captured.Captured,
        hour.Captured.Arrived,
        hour.Dropped,
        hour.Captured.Pending,
        hour.Captured.Difference,
        [.. hour.Pages.Select(page => new DifferingPageItem(page.Session, page.Page, page.Difference, page.Cause))]);
}

/// <summary>A page on which the SDK's count and what arrived differ.</summary>
internal sealed record DifferingPageItem(Guid Session, Guid Page, long Difference, string Cause);

/// <summary>Intake objects that are not as they should be.</summary>
internal sealed record IntakeFindingsAnswer(IReadOnlyList<IntakeFindingItem> Items);

/// <summary>One of them.</summary>
internal sealed record IntakeFindingItem(string Key, string State);
