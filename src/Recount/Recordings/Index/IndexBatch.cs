using Recount.Capture.Intake;
using Recount.Recordings.Quarantine;
using Recount.Wire.Chunks;
using Recount.Wire.Segments;

namespace Recount.Recordings.Index;

/// <summary>An intake object as the index takes it: each frame judged by its content alone.</summary>
public sealed class IndexBatch
{
    private IndexBatch(IntakeKey key, int frames) => (Key, Frames) = (key, frames);

    /// <summary>The object that the frames stand in.</summary>
    public IntakeKey Key { get; }

    /// <summary>Frames that were judged.</summary>
    public int Frames { get; }

    /// <summary>Chunks that can be archived, with the frame each came from.</summary>
    public List<(IndexedChunk Chunk, IntakeFrame Frame)> Chunks { get; } = [];

    public List<EntryFact> Facts { get; } = [];

    /// <summary>Frames that cannot.</summary>
    public List<QuarantinedFrame> Quarantined { get; } = [];

    /// <summary>Frames of accounts that are over their share of inflating; they are indexed later.</summary>
    public List<IntakeFrame> Deferred { get; } = [];

    /// <param name="source">A closed object.</param>
    /// <param name="maxFactBytes">Greatest data of the entries of a chunk that are copied.</param>
    /// <param name="shares">What each account may have inflated.</param>
    public static IndexBatch Of(IntakeObject source, long maxFactBytes, InflationShares shares)
    {
        var batch = new IndexBatch(source.Key, source.Frames.Count);
        foreach (var frame in source.Frames)
        {
            if (shares.HasShare(frame.Head.Account))
            {
                shares.Charge(frame.Head.Account, batch.Add(frame, maxFactBytes));
            }
            else
            {
                batch.Deferred.Add(frame);
            }
        }

        batch.Quarantined.AddRange(DamagedFrames.Of(source));
        return batch;
    }

    /// <summary>One frame by itself: one that was deferred, or one that is read again from quarantine.</summary>
    public static IndexBatch Of(IntakeKey key, IntakeFrame frame, long maxFactBytes, InflationShares shares)
    {
        var batch = new IndexBatch(key, 1);
        shares.Charge(frame.Head.Account, batch.Add(frame, maxFactBytes));
        return batch;
    }

    /// <summary>What was known of each frame that the batch takes.</summary>
    public IReadOnlyList<IntakeFrameHead> Heads() =>
    [
        .. Chunks.Select(item => item.Frame.Head),
        .. Quarantined.Where(frame => frame.Head is not null).Select(frame => frame.Head!),
    ];

    /// <summary>Moves a chunk, with what was copied out of it, to the frames that cannot be archived.</summary>
    public void SetAside(int index, string reason, string detail)
    {
        var frame = Chunks[index].Frame;
        Chunks.RemoveAt(index);
        Facts.RemoveAll(fact => fact.Frame == frame.Number);
        Quarantined.Add(QuarantinedFrame.Of(Key, frame, reason, detail));
    }

    /// <returns>Bytes that came out of the body.</returns>
    private long Add(IntakeFrame frame, long maxFactBytes)
    {
        if (!frame.IsBodyWhole)
        {
            Quarantined.Add(QuarantinedFrame.Of(
                Key, frame, QuarantineReason.Damaged, "The body is not what was acknowledged."));
            return 0;
        }

        long inflated = frame.Body.Length;
        try
        {
            var query = ChunkQuery.Parse(frame.Head.Query);
            var content = ChunkContent.Decode(frame.Body, query.Encoding);
            inflated = content.Length;
            var inspected = ChunkInspection.InspectContent(content, query);
            Chunks.Add((Describe(frame, query, inspected), frame));
            Facts.AddRange(FactsOf(frame, inspected, maxFactBytes));
        }
        catch (ChunkContentException fault)
        {
            Quarantined.Add(QuarantinedFrame.Of(Key, frame, QuarantineReason.Of(fault.Fault), fault.Message));
            inflated = fault.Fault == ContentFault.TooLarge ? ChunkContent.MaxContentBytes : inflated;
        }

        return inflated;
    }

    private static List<EntryFact> FactsOf(IntakeFrame frame, InspectedChunk inspected, long maxBytes) => EntryFact.Of(
        frame.Head.Account, frame.Head.Chunk, frame.Number, inspected.Facts.Entries, inspected.Content.Span, maxBytes);

    private IndexedChunk Describe(IntakeFrame frame, ChunkQuery query, InspectedChunk inspected) => new()
    {
        Account = frame.Head.Account,
        Chunk = frame.Head.Chunk,
        Frame = new FrameAddress(Key.Node, Key.Boot, Key.N, frame.Number),
        FrameOffset = frame.Offset,
        FrameLength = frame.Length,
        ReceivedAtMicros = frame.Head.ReceivedAtMicros,
        ReceivedHash = frame.Head.ReceivedHash,
        ReceivedBytes = frame.Body.Length,
        ContentHash = inspected.Hash,
        ContentBytes = inspected.Content.Length,
        Entries = inspected.Facts.Entries.Count,
        Kinds = [.. inspected.Facts.Kinds],
        HasSnapshot = inspected.Facts.HasSnapshot,
        IsLast = query.Last,
        ClockFrom = inspected.Facts.ClockFrom,
        ClockTo = inspected.Facts.ClockTo,
        Query = frame.Head.Query,
    };
}
