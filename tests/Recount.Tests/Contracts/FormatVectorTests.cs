using System.Security.Cryptography;
using Recount.Capture.Intake;
using Recount.Primitives;
using Recount.Tests.Capture.Intake;
using Recount.Tests.Infrastructure;
using Recount.Tests.Wire.Segments;
using Recount.Wire;
using Recount.Wire.Segments;

namespace Recount.Tests.Contracts;

/// <summary>
/// The files under docs/vectors are what version 1 is: they are read, and the same input gives the same bytes. They are
/// never changed; a new version gets a directory of its own.
/// </summary>
public sealed class FormatVectorTests
{
    private const string Intake = "vectors/intake-v1/";
    private const string Recording = "vectors/recording-v1/";
    private static readonly byte[] First = "{\"at\":0,\"k\":\"page\",\"d\":{\"url\":\"https://shop.example/\"}}\n"u8.ToArray();
    private static readonly byte[] Second = "{\"at\":1.5,\"k\":\"click\",\"d\":{\"selector\":\"button\"}}\n"u8.ToArray();

    private static readonly SampleChunk[] Chunks =
    [
        new(0, First, IsSnapshot: true, Clock: 0), new(1, Second, Clock: 1.5), new(3, [], IsLast: true, Clock: double.NaN),
    ];

    [Fact]
    public void The_closed_intake_object_is_read()
    {
        var read = IntakeSamples.Read(Documents.Bytes(Intake + "closed"));
        Assert.Empty(read.Damage);
        Assert.Equal([First, Second, []], read.Frames.Select(frame => frame.Body.ToArray()));
        Assert.Equal(
            [IntakeSamples.Head(First, 0, 1), IntakeSamples.Head(Second, 1, 2), IntakeSamples.Head([], 2, 1)],
            read.Frames.Select(frame => frame.Head));
        var footer = read.Footer!;
        Assert.Equal((IntakeClosing.Age, 3, read.Chain.ToString()), (footer.Closed, footer.Frames, footer.Chain));
        Assert.Equal(3, footer.Counts.Count);
        Assert.Equal(read.Frames.Select(frame => frame.Offset), footer.Table.Select(row => row[0]));
    }

    [Fact]
    public void The_open_intake_object_is_read_and_its_torn_tail_is_not()
    {
        var bytes = Documents.Bytes(Intake + "open");
        var read = IntakeSamples.Read(bytes);
        Assert.Null(read.Footer);
        Assert.Equal([First, Second], read.Frames.Select(frame => frame.Body.ToArray()));
        Assert.True(read.Committed < bytes.Length);
        var closed = IntakeSamples.Read(bytes, Documents.Bytes(Intake + "open.close"));
        Assert.Equal(IntakeClosing.Recovered, closed.Footer!.Closed);
        Assert.Equal(read.Committed, closed.Footer.Committed);
        Assert.Empty(closed.Damage);
    }

    [Fact]
    public void The_same_chunks_give_the_same_intake_objects()
    {
        Assert.Equal(Documents.Bytes(Intake + "closed"), ClosedObject());
        var (open, closing) = OpenObject();
        Assert.Equal(Documents.Bytes(Intake + "open"), open);
        Assert.Equal(Documents.Bytes(Intake + "open.close"), closing);
    }

    [Fact]
    public async Task The_recording_part_is_read_and_is_authentic()
    {
        var contents = new List<byte[]>();
        var reader = await SegmentSamples.VerifyAsync(
            Documents.Bytes(Recording + "part"), (_, content) => contents.Add(content.ToArray()));
        Assert.Equal([First, Second, []], contents);
        Assert.Equal([0, 1, 3], reader.Footer.Chunks.Select(chunk => chunk.Seq));
        Assert.Equal(2, reader.Footer.Blocks.Count);
        using var key = ECDsa.Create();
        key.ImportFromPem(Documents.Text(Recording + "public.pem"));
        Assert.True(new SegmentSigner(key).Verify(reader.Root, reader.Signature));
        Assert.Equal(new SegmentSigner(key).KeyId, reader.KeyId);
    }

    [Fact]
    public void The_same_chunks_give_the_same_part_but_for_the_signature()
    {
        // ECDSA takes a random number; the signature and the CRC over it differ from one time to the next.
        var expected = Documents.Bytes(Recording + "part");
        var part = SealedPart();
        Assert.Equal(expected.Length, part.Length);
        Assert.Equal(Unsigned(expected), Unsigned(part));
    }

    private static byte[] Unsigned(byte[] part) => [.. part[..^144], .. part[^80..^12], .. part[^8..]];

    private static byte[] SealedPart()
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(Documents.Text(Recording + "private.pem"));
        return SegmentSamples.Seal(Chunks, key: key);
    }

    private static byte[] ClosedObject() => IntakeSamples.Object([[First], [Second, []]], IntakeClosing.Age);

    private static (byte[] Open, byte[] Closing) OpenObject()
    {
        var torn = IntakeSamples.Object([[First, Second], ["torn"u8.ToArray()]], null)[..^10];
        var files = new CrashingFileSystem();
        var path = Path.Combine(CrashingFileSystem.Root, IntakeSamples.Key().Path);
        files.CreateDirectory(Path.GetDirectoryName(path)!);
        using (var file = files.Create(path))
        {
            file.Append(torn);
        }

        new IntakeRecovery(
            files,
            CrashingFileSystem.Root,
            IntakeSamples.Node,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<IntakeRecovery>.Instance).Run();
        return (torn, DurableFile.Read(files, Path.Combine(CrashingFileSystem.Root, IntakeSamples.Key().ClosePath))!);
    }
}
