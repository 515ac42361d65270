using Recount.Capture.Intake;
using Recount.ObjectStore;
using Recount.Primitives;
using Recount.Recordings.Index;
using Recount.Recordings.Quarantine;
using Recount.Wire;
using Recount.Wire.Chunks;

namespace Recount.Recordings.Reading;

/// <summary>Contents of chunks that no part holds yet.</summary>
public sealed class ChunkBodies(IntakeReader intake, IObjectStore objects)
{
    /// <returns>
    /// Null when neither the intake nor the quarantine has the bytes that were indexed: the object is gone or damaged.
    /// </returns>
    public async Task<ReadOnlyMemory<byte>?> ReadContentAsync(IndexedChunk chunk, CancellationToken token)
    {
        var body = await ReadBodyAsync(chunk, token);
        if (body is null)
        {
            return null;
        }

        try
        {
            var content = ChunkContent.Decode(body.Value, ChunkQuery.Parse(chunk.Query).Encoding);
            return Hash256.Of(content.Span) == chunk.ContentHash ? content : null;
        }
        catch (ChunkContentException)
        {
            return null;
        }
    }

    /// <summary>Whether the chunk's intake object is there, whatever it holds.</summary>
    public Task<bool> HasObjectAsync(IndexedChunk chunk, CancellationToken token) =>
        intake.ExistsAsync(new IntakeKey(chunk.Frame.Node, chunk.Frame.Boot, chunk.Frame.N), token);

    /// <returns>Null when the intake no longer has the chunk's frame.</returns>
    public async Task<IntakeFrame?> ReadFrameAsync(IndexedChunk chunk, CancellationToken token)
    {
        var frame = await intake.ReadFrameAsync(chunk.Frame, chunk.FrameOffset, chunk.FrameLength, token);
        return frame is not null && frame.Head.Account == chunk.Account && frame.Head.Chunk == chunk.Chunk ? frame : null;
    }

    private async Task<ReadOnlyMemory<byte>?> ReadBodyAsync(IndexedChunk chunk, CancellationToken token)
    {
        if (await ReadFrameAsync(chunk, token) is { } frame)
        {
            return frame.Body;
        }

        // A frame that was re-read from quarantine may have outlived its intake object.
        var key = QuarantinedFrame.KeyOf(chunk.Account, chunk.Frame);
        return (await QuarantineObject.ReadAsync(objects, key, ReadFrom.Cache, token))?.Bytes;
    }
}
