using System.Buffers;
using System.Globalization;
using System.Text;
using Recount.Wire;
using Recount.Wire.Chunks;
using Recount.Wire.Segments;

namespace Recount.Recordings.Seal;

/// <summary>
/// Derives an event part from the proven content of its recording part: the entries that tell what happened, each with
/// its position in the chunk.
/// </summary>
internal sealed class EventPartBuilder(Stream output)
{
    private readonly SegmentWriter writer = new(output);
    private readonly ArrayBufferWriter<byte> content = new();

    public void Add(SegmentChunk chunk, ReadOnlyMemory<byte> recorded)
    {
        content.ResetWrittenCount();
        var kinds = new int[EntryKinds.Count];
        foreach (var entry in ContentFacts.Read(recorded.Span).Entries)
        {
            if (!entry.Kind.IsDrawing())
            {
                kinds[(int)entry.Kind]++;
                WriteLine(entry.Position, recorded.Span.Slice(entry.Offset, entry.Length));
            }
        }

        writer.Add(chunk with { HasSnapshot = false, Entries = kinds.Sum() }, kinds, content.WrittenSpan);
    }

    /// <returns>The event part's root.</returns>
    public Hash256 Complete(SegmentFooter recording, Hash256 recordingRoot, SegmentSigner signer) => writer
        .Complete(recording with { Kind = SegmentKind.Events, PreviousRoot = null, RecordingRoot = recordingRoot }, signer)
        .Root;

    private void WriteLine(int position, ReadOnlySpan<byte> entry)
    {
        content.Write("["u8);
        content.Write(Encoding.ASCII.GetBytes(position.ToString(CultureInfo.InvariantCulture)));
        content.Write(","u8);
        content.Write(entry);
        content.Write("]\n"u8);
    }
}
