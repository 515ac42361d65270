using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Recount.Capture.Intake;
using Recount.Database;
using Recount.ObjectStore;
using Recount.Primitives;
using Recount.Recordings.Conservation;
using Recount.Recordings.Index;
using Recount.Recordings.Seal;
using Recount.Wire.Chunks;
using Recount.Wire.Segments;

namespace Recount.Recordings.Rebuild;

/// <summary>
/// Restores what the database says of recordings from the object store alone: parts from their own footers, quarantine
/// from its objects, lists from event parts. It only adds, proves every part as a sealer would, and may be run again at
/// any time; what is left in the intake is indexed as ever.
/// </summary>
public sealed class Rebuilder(
    Db db,
    IObjectStore objects,
    PartWriter parts,
    PageSealer sealer,
    QuarantinedIntake quarantine,
    ReleasedIntake released,
    IntakeFollower follower,
    IntakeTaker taker,
    IOptions<RecordingsOptions> options)
{
    /// <summary>Reports after each session.</summary>
    public async IAsyncEnumerable<RebuildReport> RunAsync([EnumeratorCancellation] CancellationToken token)
    {
        var report = new RebuildReport();
        var owners = new HashSet<(Guid, Guid)>();
        var frames = new ReleasedFrames();
        await foreach (var session in SessionsAsync(token))
        {
            yield return (report = await RestoreSessionAsync(session, report, owners, frames, token)) with { Owners = owners };
        }

        var lost = await new LostRecordings(objects).FindAsync(token).ToListAsync(token);
        var (quarantined, unreadable) = await quarantine.RestoreAsync(frames, token);
        report = report with { Quarantined = quarantined, Faults = [.. report.Faults, .. lost, .. unreadable] };
        report = report with { ReleasedObjects = await released.RestoreAsync(frames, token) };
        await follower.ReconcileAsync(token);
        await taker.TakeAllAsync(follower.UnindexedAsync(token), token);
        yield return report with { Owners = owners, IsComplete = true };
    }

    private async IAsyncEnumerable<List<(PageId Page, int Part)>> SessionsAsync([EnumeratorCancellation] CancellationToken token)
    {
        var session = new List<(PageId Page, int Part)>();
        await foreach (var key in objects.ListAsync(PartKeys.RecordingPrefix, null, token))
        {
            if (PartKeys.TryParse(key) is not { } part)
            {
                continue;
            }

            if (session.Count > 0 && session[0].Page.Session != part.Page.Session)
            {
                yield return session;
                session = [];
            }

            session.Add(part);
        }

        if (session.Count > 0)
        {
            yield return session;
        }
    }

    private async Task<RebuildReport> RestoreSessionAsync(
        List<(PageId Page, int Part)> keys,
        RebuildReport report,
        HashSet<(Guid Account, Guid App)> owners,
        ReleasedFrames frames,
        CancellationToken token)
    {
        var faults = report.Faults.ToList();
        var proven = await ProveAsync(keys, faults, token);
        if (proven.Count > 0)
        {
            await InsertSessionAsync(proven.ConvertAll(found => found.Part), token);
        }

        var restored = new List<ProvenPart>();
        foreach (var (part, facts) in proven)
        {
            try
            {
                await sealer.CommitAsync(part, token);
            }
            catch (SegmentException fault)
            {
                // An object that was skipped when the page was sealed holds what a later part holds too.
                faults.Add($"{PartKeys.Recording(part.Page, part.Footer.Part)}: {fault.Message}");
                continue;
            }

            await InsertFactsAsync(facts, token);
            owners.Add((part.Footer.Account, part.Footer.App));
            frames.Add(part.Footer);
            restored.Add(part);
        }

        return report with
        {
            Sessions = report.Sessions + (restored.Count > 0 ? 1 : 0),
            Parts = report.Parts + restored.Count,
            Chunks = report.Chunks + restored.Sum(part => part.Footer.Chunks.Count),
            Faults = faults,
        };
    }

    /// <returns>
    /// The parts that are whole, each with what lists need of it; what is wrong with the others is added to the faults.
    /// </returns>
    private async Task<List<(ProvenPart Part, List<EntryFact> Facts)>> ProveAsync(
        List<(PageId Page, int Part)> keys, List<string> faults, CancellationToken token)
    {
        var proven = new List<(ProvenPart Part, List<EntryFact> Facts)>();
        foreach (var (page, part) in keys)
        {
            var facts = new List<EntryFact>();
            try
            {
                var (whole, eventsFault) = await parts.ProveAgainAsync(
                    page, part, (chunk, content) => facts.AddRange(FactsOf(page, chunk, content)), token);
                proven.Add((whole, facts));
                if (eventsFault is not null)
                {
                    faults.Add($"{PartKeys.Events(page, part)}: {eventsFault} The recording is restored.");
                }
            }
            catch (Exception fault) when (fault is SegmentException or IOException or UnauthorizedAccessException)
            {
                faults.Add($"{PartKeys.Recording(page, part)}: {fault.Message}");
            }
        }

        return proven;
    }

    private async Task InsertSessionAsync(List<ProvenPart> proven, CancellationToken token)
    {
        var heads = proven.SelectMany(part => part.Footer.Chunks.Select(chunk => new IntakeFrameHead
        {
            Account = part.Footer.Account,
            App = part.Footer.App,
            Chunk = new ChunkId(part.Footer.Session, part.Footer.Page, chunk.Seq),
            ReceivedAtMicros = chunk.ReceivedAtMicros,
            ReceivedHash = chunk.ReceivedHash,
            WriteKeyHash = part.Footer.WriteKeyHash,
            Query = chunk.Query,
        })).ToList();
        await using var connection = await db.OpenAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(token);
        await IndexStore.InsertSessionsAsync(connection, heads, token);
        await IndexStore.InsertPagesAsync(connection, heads, token);
        await SeenSessionStore.InsertAsync(connection, null, heads, token);
        await transaction.CommitAsync(token);
    }

    private List<EntryFact> FactsOf(PageId page, SegmentChunk chunk, ReadOnlyMemory<byte> content) => EntryFact.Of(
        page.Account,
        new ChunkId(page.Session, page.Page, chunk.Seq),
        chunk.Frame.Frame,
        ContentFacts.Read(content.Span).Entries,
        content.Span,
        options.Value.MaxFactBytes.Bytes);

    private async Task InsertFactsAsync(List<EntryFact> facts, CancellationToken token)
    {
        await using var connection = await db.OpenAsync(token);
        await IndexStore.InsertFactsAsync(connection, facts, token);
    }
}
