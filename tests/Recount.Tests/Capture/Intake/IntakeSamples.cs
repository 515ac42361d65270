using System.Buffers;
using Recount.Capture.Intake;
using Recount.Primitives;
using Recount.Wire;
using Recount.Wire.Chunks;

namespace Recount.Tests.Capture.Intake;

/// <summary>Frames and objects for tests, made the way the intake makes them.</summary>
internal static class IntakeSamples
{
    public static readonly Guid Node = new("00000000-0000-4000-8000-00000000000a");
    public static readonly Guid Boot = new("00000000-0000-4000-8000-00000000000b");
    public static readonly byte[] Marker = [.. Enumerable.Range(0xA0, IntakeFormat.MarkerBytes).Select(value => (byte)value)];

    /// <summary>2026-11-20T09:59:59Z.</summary>
    public const long At = 1_795_168_799_000_000;

    public static IntakeKey Key(long n = 0) => new(Node, Boot, n);

    public static IntakeFrameHead Head(ReadOnlySpan<byte> body, int seq, int account = 1, string query = "sent=NaN&n=2") => new()
    {
        Account = new Guid($"00000000-0000-4000-8000-0000000000{account:x2}"),
        App = new Guid("00000000-0000-4000-8000-000000000002"),
        Chunk = new ChunkId(
            new Guid("00000000-0000-4000-8000-000000000003"), new Guid("00000000-0000-4000-8000-000000000004"), seq),
        ReceivedAtMicros = At + (seq * 1_000_000L),
        ReceivedHash = Hash256.Of(body),
        WriteKeyHash = Hash256.OfNothing,
        Query = query,
    };

    /// <summary>An object with the groups, on a file system; closed unless <paramref name="closing"/> is null.</summary>
    public static byte[] Object(IReadOnlyList<byte[][]> groups, string? closing, IFileSystem files, string root)
    {
        using (var writer = new IntakeObjectWriter(
            files, root, Key(), null, At, new ArrayBufferWriter<byte>(), Marker))
        {
            var seq = 0;
            foreach (var group in groups)
            {
                writer.Append([.. group.Select(body => new PendingFrame(Head(body, seq, 1 + (seq++ % 2)), body))]);
            }

            if (closing is not null)
            {
                writer.Close(closing);
            }
        }

        return DurableFile.Read(files, Path.Combine(root, Key().Path))!;
    }

    /// <inheritdoc cref="Object(IReadOnlyList{byte[][]}, string?, IFileSystem, string)"/>
    public static byte[] Object(IReadOnlyList<byte[][]> groups, string? closing) =>
        Object(groups, closing, new Infrastructure.CrashingFileSystem(), Infrastructure.CrashingFileSystem.Root);

    /// <summary>Offset of each commit mark, and of each frame with its length, by walking an undamaged object.</summary>
    public static IntakeObject Read(byte[] bytes, byte[]? closing = null) => IntakeObjectReader.Read(Key(), bytes, closing);

    public static bool SameBytes(IntakeFrame frame, byte[] body) =>
        frame.IsBodyWhole && frame.Body.Span.SequenceEqual(body) && frame.Head.ReceivedHash == Hash256.Of(body);
}
