using System.Buffers;
using System.Security.Cryptography;
using Recount.Capture.Intake;
using Recount.Tests.Infrastructure;
using Recount.Wire;

namespace Recount.Tests.Capture.Intake;

/// <summary>A client that knows the format and where its body will stand cannot write records of its own.</summary>
public sealed class IntakeForgeryTests
{
    private const int BodyOffset = IntakeFormat.HeaderBytes + IntakeFormat.FrameBytes + 143 + 12;
    private static readonly byte[] Zeros = new byte[IntakeFormat.MarkerBytes];
    private static readonly byte[] Guessed = [.. Enumerable.Repeat((byte)7, IntakeFormat.MarkerBytes)];

    public static TheoryData<bool> Markers => [true, false];

    [Theory]
    [MemberData(nameof(Markers))]
    public void Records_in_a_body_are_not_taken_from_an_object_whose_first_sector_is_lost(bool zeros)
    {
        var bytes = ObjectWith(Forged(zeros ? Zeros : Guessed, withFooter: false), out var bodyOffset);
        Assert.Equal(BodyOffset, bodyOffset);

        // The first group was never synced: of its first sector nothing came to the medium.
        bytes.AsSpan(0, bodyOffset).Clear();
        Assert.Empty(IntakeSamples.Read(bytes).Frames);
        bytes.AsSpan(IntakeFormat.HeaderBytes, IntakeFormat.MarkerBytes).Fill(7);
        Assert.Empty(IntakeSamples.Read(bytes).Frames);
    }

    [Theory]
    [MemberData(nameof(Markers))]
    public void A_footer_in_a_body_does_not_close_an_object_that_was_torn_behind_it(bool lostHeader)
    {
        var body = Forged(Guessed, withFooter: true);
        var bytes = ObjectWith(body, out var bodyOffset)[..(bodyOffset + body.Length)];
        if (lostHeader)
        {
            bytes.AsSpan(0, IntakeFormat.HeaderBytes).Clear();
        }

        var read = IntakeSamples.Read(bytes);
        Assert.Null(read.Footer);
        Assert.Empty(read.Frames);
    }

    [Fact]
    public void A_footer_of_another_object_does_not_close_this_one()
    {
        var body = RandomNumberGenerator.GetBytes(10);
        var other = IntakeSamples.Object([[body]], IntakeClosing.Age);
        Assert.Null(IntakeObjectReader.Read(IntakeSamples.Key(1), other, null).Footer);
        Assert.Null(IntakeObjectReader.Read(IntakeSamples.Key() with { Boot = Guid.NewGuid() }, other, null).Footer);
    }

    private static byte[] ObjectWith(byte[] body, out int bodyOffset)
    {
        var bytes = IntakeSamples.Object([[body]], null);
        bodyOffset = bytes.AsSpan().IndexOf(body);
        return bytes;
    }

    private static byte[] Forged(byte[] marker, bool withFooter)
    {
        var output = new ArrayBufferWriter<byte>();
        byte[] secret = [1, 2, 3];
        using var chain = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        IntakeFormat.WriteFrame(output, marker, 0, IntakeSamples.Head(secret, 99, account: 9), secret, chain);
        IntakeFormat.WriteMark(output, marker, 1, BodyOffset + output.WrittenCount, Hash256.OfNothing);
        if (withFooter)
        {
            output.Write(IntakeFormat.WriteFooter(marker, new IntakeFooter
            {
                Version = 1,
                Node = IntakeSamples.Node,
                Boot = IntakeSamples.Boot,
                N = 0,
                Closed = IntakeClosing.Age,
                Committed = BodyOffset + output.WrittenCount,
                Frames = 1,
                Chain = Hash256.OfNothing.ToString(),
                Accounts = [],
                Counts = [],
                Table = [],
            }));
        }

        return output.WrittenSpan.ToArray();
    }
}
