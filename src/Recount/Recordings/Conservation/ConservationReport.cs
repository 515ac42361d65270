namespace Recount.Recordings.Conservation;

/// <summary>One account's hour: where its chunks went, what became of its sessions, and what its SDKs counted.</summary>
public sealed record ConservationHour
{
    public required ConservationRow Chunks { get; init; }

    public required SeenSessions Sessions { get; init; }

    /// <summary>Sessions that are nowhere, at most 1,000 in a report.</summary>
    public required IReadOnlyList<Guid> LostSessions { get; init; }

    public required CapturedHour Captured { get; init; }

    /// <summary>Entries that SDKs gave up, by reason.</summary>
    public required IReadOnlyDictionary<string, long> Dropped { get; init; }

    /// <summary>Pages on which the counts differ, at most 1,000 in a report.</summary>
    public required IReadOnlyList<DifferingPage> Pages { get; init; }

    /// <summary>Nothing disappeared between the acknowledgement and the archive.</summary>
    public bool Holds => Chunks.Difference == 0 && Sessions.Difference == 0;
}

/// <summary>Conservation with the counts beside it.</summary>
public sealed class ConservationReport(
    ConservationStore chunks, SeenSessionStore sessions, PageCountStore pages, TimeProvider time)
{
    /// <summary>
    /// A page of which something came this recently is open: the SDK ends a session after as long without a sign of life,
    /// and what is missing may still be on its way.
    /// </summary>
    private static readonly TimeSpan PageStaysOpen = TimeSpan.FromMinutes(30);

    /// <param name="account">Null for all accounts.</param>
    /// <param name="from">First hour.</param>
    /// <param name="to">Hour after the last.</param>
    /// <param name="token">Ends the queries.</param>
    public async Task<IReadOnlyList<ConservationHour>> HoursAsync(
        Guid? account, DateTimeOffset from, DateTimeOffset to, CancellationToken token)
    {
        var rows = (await chunks.RowsAsync(account, from, to, token)).ToDictionary(row => (row.Account, row.Hour));
        var seen = await sessions.ReadAsync(account, from, to, token);
        var counted = await pages.ReadAsync(account, from, to, time.GetUtcNow() - PageStaysOpen, token);
        var seenHours = seen.Hours.ToDictionary(row => (row.Account, row.Hour));
        var countedHours = counted.Hours.ToDictionary(row => (row.Account, row.Hour));
        var dropped = counted.Dropped.ToLookup(row => (row.Account, Hour: Utc(row.Hour)));
        var differing = counted.Pages.ToLookup(row => (row.Account, row.Hour));
        return
        [
            .. from key in rows.Keys.Union(seenHours.Keys).Union(countedHours.Keys)
               orderby key.Account, key.Hour
               select new ConservationHour
               {
                   Chunks = rows.GetValueOrDefault(key) ?? new() { Account = key.Account, Hour = key.Hour },
                   Sessions = seenHours.GetValueOrDefault(key) ?? new() { Account = key.Account, Hour = key.Hour },
                   LostSessions = [.. seen.Lost.Where(row => (row.Account, row.Hour) == key).Select(row => row.Session)],
                   Captured = countedHours.GetValueOrDefault(key) ?? new() { Account = key.Account, Hour = key.Hour },
                   Dropped = dropped[key].ToDictionary(row => row.Reason, row => row.Entries),
                   Pages = [.. differing[key]],
               },
        ];
    }

    private static DateTimeOffset Utc(DateTime time) => new(DateTime.SpecifyKind(time, DateTimeKind.Utc));
}
