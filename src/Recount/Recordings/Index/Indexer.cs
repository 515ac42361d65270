using System.Data;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Recount.Capture.Intake;
using Recount.Database;
using Recount.ObjectStore;
using Recount.Primitives;
using Recount.Recordings.Conservation;
using Recount.Recordings.Quarantine;
using Recount.Recordings.Seal;

namespace Recount.Recordings.Index;

/// <summary>Takes an intake object into the working index, in one transaction, once.</summary>
public sealed partial class Indexer(
    Db db,
    IObjectStore objects,
    IndexStore store,
    QuarantineStore quarantine,
    InflationShares shares,
    IOptions<RecordingsOptions> options,
    RecordingsMetrics metrics,
    ILogger<Indexer> log)
{
    private const string Foreign = "The session was begun by another app or with another write key.";

    /// <summary>Inflates, hashes and judges a closed object's frames: what can be done before its turn.</summary>
    public IndexBatch Judge(IntakeObject source) => IndexBatch.Of(source, options.Value.MaxFactBytes.Bytes, shares);

    /// <param name="batch">What was judged; it is used up by the attempt.</param>
    /// <param name="token">Ends the attempt; nothing of it then stays.</param>
    /// <returns>False when it is indexed already.</returns>
    public async Task<bool> IndexAsync(IndexBatch batch, CancellationToken token)
    {
        await using var connection = await db.OpenAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, token);
        if (!await store.TryTakeObjectAsync(connection, batch.Key, batch.Frames, token))
        {
            return false;
        }

        await DeferredFrames.InsertAsync(connection, batch, token);
        await TakeAsync(connection, batch, new ConservationDeltas(), token);
        Failpoint.Hit(Failpoint.IndexBeforeCommit);
        await transaction.CommitAsync(token);
        Failpoint.Hit(Failpoint.IndexAfterCommit);
        metrics.Indexed(batch.Chunks.Count);
        return true;
    }

    /// <summary>Indexes one frame of an object that is indexed: it was deferred, or is read again from quarantine.</summary>
    /// <param name="key">The object that the frame stands in.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="claim">
    /// What only one may do, in the same transaction; false when another did it, and then nothing is done.
    /// </param>
    /// <param name="deltas">What the claim changes in conservation.</param>
    /// <param name="mustArchive">Do nothing when the frame would be quarantined.</param>
    /// <param name="token">Ends the attempt; nothing of it then stays.</param>
    /// <returns>False when nothing was done.</returns>
    public async Task<bool> IndexFrameAsync(
        IntakeKey key,
        IntakeFrame frame,
        Func<NpgsqlConnection, Task<bool>> claim,
        ConservationDeltas deltas,
        bool mustArchive,
        CancellationToken token)
    {
        var batch = IndexBatch.Of(key, frame, options.Value.MaxFactBytes.Bytes, shares);
        if (mustArchive && batch.Quarantined.Count > 0)
        {
            return false;
        }

        await using var connection = await db.OpenAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, token);
        if (!await claim(connection))
        {
            return false;
        }

        await TakeAsync(connection, batch, deltas, token);
        if (mustArchive && batch.Quarantined.Count > 0)
        {
            return false;
        }

        await transaction.CommitAsync(token);
        metrics.Indexed(batch.Chunks.Count);
        return true;
    }

    private async Task TakeAsync(
        NpgsqlConnection connection, IndexBatch batch, ConservationDeltas deltas, CancellationToken token)
    {
        await SetAsideForeignAsync(connection, batch, token);
        await InsertChunksAsync(connection, batch, deltas, token);
        await QuarantineAsync(connection, batch, deltas, token);
        await IndexStore.InsertFactsAsync(connection, batch.Facts, token);
        await deltas.InsertAsync(connection, token);
        await IndexStore.MarkDueAsync(connection, Sessions(batch), token);
    }

    /// <summary>Sessions that look different now; a frame in quarantine is a gap in its page.</summary>
    private static HashSet<(Guid Account, Guid Session)> Sessions(IndexBatch batch) =>
    [
        .. batch.Chunks.Select(item => (item.Chunk.Account, item.Chunk.Chunk.Session)),
        .. batch.Quarantined.Where(frame => frame.Head is not null).Select(frame => (frame.Account, frame.Head!.Chunk.Session)),
    ];

    /// <summary>
    /// Sets aside chunks of sessions that belong to another write key or app. What cannot be archived for another reason
    /// is foreign all the same, where its session is known: it must not show as a gap in somebody else's page.
    /// </summary>
    private static async Task SetAsideForeignAsync(NpgsqlConnection connection, IndexBatch batch, CancellationToken token)
    {
        await IndexStore.InsertSessionsAsync(connection, batch.Chunks.ConvertAll(item => item.Frame.Head), token);
        var owners = await IndexStore.OwnersAsync(connection, batch.Heads(), token);
        for (var i = batch.Chunks.Count - 1; i >= 0; i--)
        {
            if (IsForeign(batch.Chunks[i].Frame.Head, owners))
            {
                batch.SetAside(i, QuarantineReason.Foreign, Foreign);
            }
        }

        for (var i = 0; i < batch.Quarantined.Count; i++)
        {
            if (batch.Quarantined[i] is { Head: { } head } frame && IsForeign(head, owners))
            {
                batch.Quarantined[i] = frame with { Reason = QuarantineReason.Foreign, Detail = $"{Foreign} {frame.Detail}" };
            }
        }

        await IndexStore.InsertPagesAsync(connection, batch.Chunks.ConvertAll(item => item.Frame.Head), token);
    }

    private static bool IsForeign(
        IntakeFrameHead head, Dictionary<(Guid Account, Guid Session), (Guid App, Wire.Hash256 WriteKeyHash)> owners) =>
        owners.TryGetValue((head.Account, head.Chunk.Session), out var owner)
        && (owner.App != head.App || owner.WriteKeyHash != head.WriteKeyHash);

    /// <summary>
    /// Inserts first and looks for parts afterwards, in a later statement: a part that commits in between is seen, so a
    /// chunk that was sent again while its page was sealed cannot stay behind as if nobody had sealed it.
    /// </summary>
    private static async Task InsertChunksAsync(
        NpgsqlConnection connection, IndexBatch batch, ConservationDeltas deltas, CancellationToken token)
    {
        var chunks = batch.Chunks.ConvertAll(item => item.Chunk);
        var inserted = await ChunkStore.InsertAsync(connection, chunks, token);
        var taken = (await ChunkStore.OfIdentitiesAsync(connection, chunks.FindAll(chunk => !inserted.Contains(chunk.Frame)), token))
            .ToDictionary(row => (row.Account, row.Chunk));
        var pages = chunks.Select(chunk => new PageId(chunk.Account, chunk.Chunk.Session, chunk.Chunk.Page)).ToHashSet();
        var sealedChunks = new SealedChunks(await PartStore.OfPagesAsync(connection, pages, token));
        var gone = new List<IndexedChunk>();
        for (var i = chunks.Count - 1; i >= 0; i--)
        {
            var chunk = chunks[i];
            var verdict = sealedChunks.Judge(chunk);
            var isInserted = inserted.Contains(chunk.Frame);
            if (verdict != SealedVerdict.NotSealed && isInserted)
            {
                gone.Add(chunk);
            }
            else if (verdict == SealedVerdict.NotSealed && !isInserted)
            {
                verdict = JudgeAgainst(taken, chunk);
            }

            Settle(batch, i, verdict, deltas);
        }

        await ChunkStore.DeleteAsync(connection, gone, token);
    }

    private static SealedVerdict JudgeAgainst(
        Dictionary<(Guid Account, Wire.Chunks.ChunkId Chunk), IndexedChunk> taken, IndexedChunk chunk)
    {
        // Another transaction sealed or erased what held the identity, between two statements of this one.
        var holder = taken.GetValueOrDefault((chunk.Account, chunk.Chunk))
            ?? throw new IndexRaceException($"Chunk {chunk.Chunk} changed hands while it was indexed; it is indexed again.");
        return holder.ContentHash == chunk.ContentHash ? SealedVerdict.SameContent : SealedVerdict.OtherContent;
    }

    private static void Settle(IndexBatch batch, int index, SealedVerdict verdict, ConservationDeltas deltas)
    {
        var chunk = batch.Chunks[index].Chunk;
        if (verdict == SealedVerdict.SameContent)
        {
            deltas.Add(chunk.Account, chunk.ReceivedAtMicros, Destination.Duplicate);
        }
        else if (verdict == SealedVerdict.OtherContent)
        {
            batch.SetAside(index, QuarantineReason.Conflict, "The identity is taken by other content.");
        }
    }

    private async Task QuarantineAsync(
        NpgsqlConnection connection, IndexBatch batch, ConservationDeltas deltas, CancellationToken token)
    {
        if (batch.Quarantined.Count == 0)
        {
            return;
        }

        foreach (var frame in batch.Quarantined)
        {
            await QuarantineObject.PutAsync(objects, frame, token);
            if (await quarantine.InsertAsync(connection, frame, token) && frame.Counts)
            {
                deltas.Add(frame.Account, frame.ReceivedAtMicros, Destination.Quarantined);
            }

            metrics.Quarantined(frame.Reason);
            LogQuarantined(batch.Key, frame.Address.Frame, frame.Reason, frame.Detail);
        }

        var accounts = batch.Quarantined.Select(frame => frame.Account).ToHashSet();
        await quarantine.ScreenAsync(connection, accounts, options.Value.QuarantineBudget, token);
    }

    [LoggerMessage(LogLevel.Warning, "Frame {Frame} of {Key} is quarantined as {Reason}: {Detail}")]
    private partial void LogQuarantined(IntakeKey key, int frame, string reason, string detail);
}
