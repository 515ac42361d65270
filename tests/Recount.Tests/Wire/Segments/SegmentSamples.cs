using System.Security.Cryptography;
using Recount.Wire;
using Recount.Wire.Chunks;
using Recount.Wire.Segments;

namespace Recount.Tests.Wire.Segments;

/// <summary>One chunk that a test seals.</summary>
internal sealed record SampleChunk(int Seq, byte[] Content, bool IsSnapshot = false, bool IsLast = false, double Clock = 0)
{
    public string Query { get; init; } = "sent=NaN";
}

/// <summary>Parts for tests, and a way to read them from memory.</summary>
internal static class SegmentSamples
{
    public static readonly ECDsa Key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private static readonly Guid Node = new("00000000-0000-4000-8000-00000000000a");

    public static byte[] Seal(
        IReadOnlyList<SampleChunk> chunks, SegmentKind kind = SegmentKind.Recording, ECDsa? key = null) =>
        Seal(chunks, kind, key, out _);

    public static byte[] Seal(
        IReadOnlyList<SampleChunk> chunks, SegmentKind kind, ECDsa? key, out (SegmentFooter Footer, Hash256 Root) written)
    {
        using var output = new MemoryStream();
        var writer = new SegmentWriter(output);
        foreach (var chunk in chunks)
        {
            var kinds = new int[EntryKinds.Count];
            kinds[(int)EntryKind.Click] = 2;
            kinds[0] = chunk.IsSnapshot ? 1 : 0;
            writer.Add(Row(chunk), kinds, chunk.Content);
        }

        written = writer.Complete(Identity(kind), new SegmentSigner(key ?? Key));
        return output.ToArray();
    }

    public static async Task<SegmentReader> VerifyAsync(byte[] part, Action<SegmentChunk, ReadOnlyMemory<byte>>? onChunk = null)
    {
        var reader = await SegmentReader.OpenAsync(new MemorySource(part), CancellationToken.None);
        await reader.VerifyAsync(onChunk, CancellationToken.None);
        return reader;
    }

    public static SegmentFooter Identity(SegmentKind kind) => new()
    {
        Kind = kind,
        Account = new Guid("00000000-0000-4000-8000-000000000001"),
        App = new Guid("00000000-0000-4000-8000-000000000002"),
        Session = new Guid("00000000-0000-4000-8000-000000000003"),
        Page = new Guid("00000000-0000-4000-8000-000000000004"),
        Part = 1,
        WriteKeyHash = Hash256.OfNothing,
        Installation = new Guid("00000000-0000-4000-8000-000000000005"),
        SealedAtMicros = 1_795_168_900_000_000,
        PreviousRoot = Hash256.Of("before"u8),
        RecordingRoot = kind == SegmentKind.Events ? Hash256.Of("recording"u8) : null,
        ContentLength = 0,
        Blocks = [],
        Chunks = [],
    };

    private static SegmentChunk Row(SampleChunk chunk) => new()
    {
        Seq = chunk.Seq,
        ContentOffset = 0,
        ContentLength = 0,
        ContentHash = default,
        ReceivedLength = chunk.Content.Length,
        ReceivedHash = Hash256.Of(chunk.Content),
        Frame = new FrameAddress(Node, new Guid($"00000000-0000-4000-8000-00000000000{chunk.Seq % 2:x}"), 7, chunk.Seq),
        ReceivedAtMicros = 1_795_168_799_000_000 + chunk.Seq,
        Entries = 2,
        HasSnapshot = chunk.IsSnapshot,
        IsLast = chunk.IsLast,
        ClockFrom = chunk.Clock,
        ClockTo = chunk.Clock + 1,
        Query = chunk.Query,
    };

    public sealed class MemorySource(byte[] bytes) : ISegmentSource
    {
        /// <summary>Most bytes that one read asked for.</summary>
        public int LargestRead { get; private set; }

        public long Length => bytes.Length;

        public ValueTask ReadExactlyAsync(long offset, Memory<byte> buffer, CancellationToken token)
        {
            LargestRead = Math.Max(LargestRead, buffer.Length);
            if (offset < 0 || offset > bytes.Length - buffer.Length)
            {
                throw new EndOfStreamException($"{buffer.Length} bytes at {offset} of {bytes.Length}.");
            }

            bytes.AsMemory((int)offset, buffer.Length).CopyTo(buffer);
            return ValueTask.CompletedTask;
        }
    }
}
