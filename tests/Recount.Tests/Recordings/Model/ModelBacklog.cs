using Recount.Capture.Intake;
using Recount.Recordings.Index;

namespace Recount.Tests.Recordings.Model;

/// <summary>Frames of a sequence that an archiver over its share of inflating left for later.</summary>
internal sealed class ModelBacklog(Archive archive, ArchiveModel model, Guid account)
{
    private readonly List<(DeferredFrame Frame, SentChunk Sent)> waiting = [];

    public int Count => waiting.Count;

    /// <summary>Tells the model which frames of an object were indexed at once; the others wait.</summary>
    public async Task TakeAsync(IntakeKey key, List<SentChunk> frames)
    {
        await using var connection = await archive.Db.OpenAsync(CancellationToken.None);
        var deferred = (await DeferredFrames.OldestAsync(connection, account, int.MaxValue, CancellationToken.None))
            .Where(frame => frame.Key == key).ToDictionary(frame => frame.Frame);
        model.Index([.. frames.Where((_, number) => !deferred.ContainsKey(number))]);
        waiting.AddRange(deferred.Values.Select(frame => (frame, frames[frame.Frame])));
    }

    /// <summary>Has the archivers race for one of the frames.</summary>
    public async Task<DeferredFrame> IndexAsync(int at, IReadOnlyList<Archiver> racers)
    {
        var (frame, sent) = waiting[at];
        waiting.RemoveAt(at);
        var taken = await Task.WhenAll(racers.Select(racer => racer.Deferred.IndexAsync(frame, CancellationToken.None)));
        Assert.Single(taken, isTaken => isTaken);
        model.Index([sent]);
        return frame;
    }
}
