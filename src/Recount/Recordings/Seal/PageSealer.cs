using System.Data;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;
using Recount.Database;
using Recount.ObjectStore;
using Recount.Primitives;
using Recount.Recordings.Conservation;
using Recount.Recordings.Index;
using Recount.Recordings.Quarantine;
using Recount.Recordings.Reading;
using Recount.Wire;
using Recount.Wire.Segments;

namespace Recount.Recordings.Seal;

/// <summary>Seals what a page has unsealed into its next part.</summary>
public sealed partial class PageSealer(
    Db db,
    PartWriter writer,
    ChunkBodies bodies,
    IObjectStore objects,
    QuarantineStore quarantine,
    RecordingsMetrics metrics,
    TimeProvider time,
    ILogger<PageSealer> log)
{
    /// <summary>Part numbers that are tried when objects that are no whole parts stand in the way.</summary>
    private const int MaxSkippedParts = 16;

    /// <returns>The part that now holds chunks of the page; null when there was nothing to seal.</returns>
    public async Task<ProvenPart?> SealAsync(PageId page, CancellationToken token)
    {
        var least = 0;
        for (var skipped = 0; skipped < MaxSkippedParts; skipped++)
        {
            // Planned again behind each object that stood in the way: another archiver may have sealed since.
            if (await PlanAsync(page, token) is not { } plan)
            {
                return null;
            }

            plan = plan with { Part = Math.Max(plan.Part, least) };
            try
            {
                var part = await writer.WriteAsync(plan, token);
                if (part is null)
                {
                    LogBodiesMissing(page.Session, page.Page, plan.Chunks.Count);
                    return null;
                }

                await CommitAsync(part, token);
                return part;
            }
            catch (SegmentException fault)
            {
                metrics.SealFailed();
                LogPartSkipped(fault, PartKeys.Recording(page, plan.Part));
                least = plan.Part + 1;
            }
        }

        throw new SegmentException(
            SegmentFault.Damaged, $"{MaxSkippedParts} parts of page {page.Page} failed their read-back in a row.");
    }

    /// <summary>
    /// Reads the page's chunks and its parts as they stood at one moment: chunks from before a part and the number from
    /// after it would seal the same chunks twice.
    /// </summary>
    /// <returns>Null when there is nothing to seal.</returns>
    public async Task<PartPlan?> PlanAsync(PageId page, CancellationToken token)
    {
        await using var connection = await db.OpenAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, token);
        var chunks = await ChunkStore.OfPageAsync(connection, page, token);
        var parts = await PartStore.OfPageAsync(connection, page, token);
        var owner = await connection.QuerySingleOrDefaultAsync<(Guid App, byte[] WriteKeyHash)>(new CommandDefinition(
            "SELECT app, write_key_hash FROM recount.session WHERE account = @Account AND session = @Session",
            new { page.Account, page.Session },
            cancellationToken: token));
        var sealedChunks = new SealedChunks(parts);
        var unsealed = chunks.FindAll(chunk => sealedChunks.Judge(chunk) == SealedVerdict.NotSealed);
        if (unsealed.Count == 0)
        {
            return null;
        }

        var last = parts.Count > 0 ? parts[^1] : null;
        var number = (last?.Footer.Part ?? -1) + 1;
        return new PartPlan(page, owner.App, new Hash256(owner.WriteKeyHash), number, last?.Root, unsealed);
    }

    /// <summary>
    /// Writes the part's row and takes exactly the chunks it holds out of the working index, in one transaction. Chunks
    /// with the same identity that came by another frame are settled by the same rule as in the indexer.
    /// </summary>
    /// <exception cref="SegmentException">Another part holds a chunk of it: its number must be skipped.</exception>
    public async Task CommitAsync(ProvenPart part, CancellationToken token)
    {
        await using var connection = await db.OpenAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, token);
        var deltas = new ConservationDeltas();
        await PartStore.LockPageAsync(connection, part.Page, token);
        RefuseSecondPart(await PartStore.OfPageAsync(connection, part.Page, token), part);
        var isNew = await PartStore.InsertAsync(connection, part, token);
        if (isNew)
        {
            foreach (var chunk in part.Footer.Chunks)
            {
                deltas.Add(part.Footer.Account, chunk.ReceivedAtMicros, Destination.Archived);
            }

            await RecordCheckAsync(connection, part, token);
        }

        await SettleAsync(connection, part, deltas, token);
        await deltas.InsertAsync(connection, token);
        await IndexStore.MarkDueAsync(connection, [(part.Footer.Account, part.Footer.Session)], token);
        Failpoint.Hit(Failpoint.SealBeforeCommit);
        await transaction.CommitAsync(token);
        Failpoint.Hit(Failpoint.SealAfterCommit);
        if (isNew)
        {
            metrics.Sealed(part.StoredBytes, part.Footer.Chunks.Sum(chunk => (long)chunk.ReceivedLength));
        }
    }

    /// <summary>
    /// An object that rots between two archivers' read-backs is the part to one and a number to skip to the other. Only
    /// one of the two rows may be written, or its chunks would be archived twice.
    /// </summary>
    private static void RefuseSecondPart(List<ProvenPart> parts, ProvenPart part)
    {
        var seqs = part.Footer.Chunks.Select(chunk => chunk.Seq).ToHashSet();
        if (parts.Find(row => row.Root != part.Root
            && (row.Footer.Part == part.Footer.Part || row.Footer.Chunks.Any(chunk => seqs.Contains(chunk.Seq)))) is { } other)
        {
            throw new SegmentException(
                SegmentFault.Damaged, $"Part {other.Footer.Part} was sealed with chunks that part {part.Footer.Part} holds.");
        }
    }

    private async Task SettleAsync(
        NpgsqlConnection connection, ProvenPart part, ConservationDeltas deltas, CancellationToken token)
    {
        var sealedChunks = new SealedChunks([part]);
        var gone = new List<IndexedChunk>();
        foreach (var chunk in await ChunkStore.OfPageAsync(connection, part.Page, token))
        {
            switch (sealedChunks.Judge(chunk))
            {
                case SealedVerdict.NotSealed:
                    continue;
                case SealedVerdict.SameContent:
                    deltas.Add(chunk.Account, chunk.ReceivedAtMicros, Destination.Duplicate);
                    break;
                case SealedVerdict.OtherContent:
                    await QuarantineAsync(connection, chunk, part, deltas, token);
                    break;
            }

            gone.Add(chunk);
        }

        await ChunkStore.DeleteAsync(connection, gone, token);
    }

    private async Task QuarantineAsync(
        NpgsqlConnection connection,
        IndexedChunk chunk,
        ProvenPart part,
        ConservationDeltas deltas,
        CancellationToken token)
    {
        var frame = await bodies.ReadFrameAsync(chunk, token)
            ?? throw new IOException($"The frame of chunk {chunk.Chunk} is gone; it cannot be quarantined.");
        var set = QuarantinedFrame.Of(
            new Capture.Intake.IntakeKey(chunk.Frame.Node, chunk.Frame.Boot, chunk.Frame.N),
            frame,
            QuarantineReason.Conflict,
            $"Part {part.Footer.Part} holds other content under this identity.");
        await QuarantineObject.PutAsync(objects, set, token);
        if (await quarantine.InsertAsync(connection, set, token))
        {
            deltas.Add(chunk.Account, chunk.ReceivedAtMicros, Destination.Quarantined);
            metrics.Quarantined(set.Reason);
        }
    }

    private Task RecordCheckAsync(NpgsqlConnection connection, ProvenPart part, CancellationToken token) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO recount.part_check (account, session, page, part, verified_at)
            VALUES (@Account, @Session, @Page, @Part, @at)
            ON CONFLICT (account, session, page, part) DO UPDATE SET verified_at = excluded.verified_at
            """,
            new { part.Footer.Account, part.Footer.Session, part.Footer.Page, part.Footer.Part, at = time.GetUtcNow() },
            cancellationToken: token));

    [LoggerMessage(LogLevel.Error, "'{Key}' is not a whole part; its number is skipped.")]
    private partial void LogPartSkipped(Exception fault, string key);

    [LoggerMessage(LogLevel.Error, "{Chunks} chunks of page {Page} of session {Session} cannot be read from the intake.")]
    private partial void LogBodiesMissing(Guid session, Guid page, int chunks);
}
