using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Recount.Wire;
using Recount.Wire.Chunks;

namespace Recount.Capture.Intake;

/// <summary>The bytes of <c>docs/intake-format.md</c>, version 1.</summary>
public static class IntakeFormat
{
    public const int HeaderBytes = 96;
    public const int MarkerBytes = 16;
    public const int FrameBytes = 40;
    public const int MarkBytes = 72;
    public const int MaxHeadBytes = 64 << 10;

    /// <summary>Bytes of a footer record around its text.</summary>
    public const int FooterBytes = 44;

    /// <summary>Longest query of a head, in UTF-8.</summary>
    public const int MaxQueryBytes = MaxHeadBytes - FixedHeadBytes;

    internal const byte FrameType = 1;
    internal const byte MarkType = 2;
    internal const byte FooterType = 3;

    private const byte HeadVersion = 1;

    public static ReadOnlySpan<byte> HeaderMagic => "RCNTINT1"u8;

    public static ReadOnlySpan<byte> FooterMagic => "RCNTINTE"u8;

    public static byte[] WriteHeader(IntakeKey key, ReadOnlySpan<byte> marker, long openedAtMicros)
    {
        var header = new byte[HeaderBytes];
        HeaderMagic.CopyTo(header);
        key.Node.TryWriteBytes(header.AsSpan(8), bigEndian: true, out _);
        key.Boot.TryWriteBytes(header.AsSpan(24), bigEndian: true, out _);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(40), key.N);
        marker.CopyTo(header.AsSpan(48));
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(64), openedAtMicros);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(92), Crc32C.Of(header.AsSpan(0, 92)));
        return header;
    }

    /// <summary>Writes a frame and adds what the chain covers of it to <paramref name="chain"/>.</summary>
    /// <returns>Bytes of the frame.</returns>
    public static int WriteFrame(
        ArrayBufferWriter<byte> output,
        ReadOnlySpan<byte> marker,
        int number,
        IntakeFrameHead head,
        ReadOnlySpan<byte> body,
        IncrementalHash chain)
    {
        var start = output.WrittenCount;
        var headBytes = HeadLength(head);
        var span = output.GetSpan(FrameBytes + headBytes)[..(FrameBytes + headBytes)];
        WriteRecordStart(span, marker, FrameType, number);
        BinaryPrimitives.WriteInt32LittleEndian(span[24..], headBytes);
        BinaryPrimitives.WriteInt32LittleEndian(span[28..], body.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(span[32..], Crc32C.Of(body));
        WriteHead(span[FrameBytes..], head);
        BinaryPrimitives.WriteUInt32LittleEndian(span[36..], Crc32C.Of(span[..36], span[FrameBytes..]));
        chain.AppendData(span);
        output.Advance(span.Length);
        output.Write(body);
        return output.WrittenCount - start;
    }

    public static void WriteMark(
        ArrayBufferWriter<byte> output, ReadOnlySpan<byte> marker, int frames, long offset, Hash256 chain)
    {
        var span = output.GetSpan(MarkBytes)[..MarkBytes];
        span.Clear();
        WriteRecordStart(span, marker, MarkType, frames);
        BinaryPrimitives.WriteInt64LittleEndian(span[24..], offset);
        chain.CopyTo(span[32..]);
        BinaryPrimitives.WriteUInt32LittleEndian(span[68..], Crc32C.Of(span[..68]));
        output.Advance(MarkBytes);
    }

    public static byte[] WriteFooter(ReadOnlySpan<byte> marker, IntakeFooter footer)
    {
        var text = JsonSerializer.SerializeToUtf8Bytes(footer, IntakeJson.Default.IntakeFooter);
        var record = new byte[FooterBytes + text.Length];
        WriteRecordStart(record, marker, FooterType, text.Length);
        text.CopyTo(record, 24);
        var crcAt = 24 + text.Length;
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(crcAt), Crc32C.Of(record.AsSpan(0, crcAt)));
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(crcAt + 4), footer.Committed);
        FooterMagic.CopyTo(record.AsSpan(crcAt + 12));
        return record;
    }

    /// <summary>Reads a frame whose first byte is the first of <paramref name="bytes"/>.</summary>
    /// <returns>Null when there is no frame with a whole head.</returns>
    public static IntakeFrame? ReadFrame(ReadOnlyMemory<byte> bytes, long offset)
    {
        var span = bytes.Span;
        if (span.Length < FrameBytes || span[16] != FrameType)
        {
            return null;
        }

        var headLength = BinaryPrimitives.ReadUInt32LittleEndian(span[24..]);
        var bodyLength = BinaryPrimitives.ReadUInt32LittleEndian(span[28..]);
        if (headLength > MaxHeadBytes || bodyLength > ChunkContent.MaxBodyBytes || span.Length < FrameBytes + headLength)
        {
            return null;
        }

        var head = span.Slice(FrameBytes, (int)headLength);
        if (BinaryPrimitives.ReadUInt32LittleEndian(span[36..]) != Crc32C.Of(span[..36], head)
            || TryReadHead(head) is not { } read)
        {
            return null;
        }

        var bodyStart = FrameBytes + (int)headLength;
        var body = bytes.Slice(bodyStart, Math.Min((int)bodyLength, bytes.Length - bodyStart));
        var isWhole = body.Length == bodyLength && BinaryPrimitives.ReadUInt32LittleEndian(span[32..]) == Crc32C.Of(body.Span);
        var number = BinaryPrimitives.ReadInt32LittleEndian(span[20..]);
        return new IntakeFrame(number, offset, bodyStart + (int)bodyLength, read, body, isWhole);
    }

    /// <summary>A head alone, as quarantine keeps it.</summary>
    public static byte[] WriteHead(IntakeFrameHead head)
    {
        var bytes = new byte[HeadLength(head)];
        WriteHead(bytes, head);
        return bytes;
    }

    /// <returns>Null when the bytes are no head of a version this build reads.</returns>
    public static IntakeFrameHead? TryReadHead(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new BinaryFieldReader(bytes);
            if (reader.ReadByte() != HeadVersion)
            {
                return null;
            }

            return new IntakeFrameHead
            {
                Account = reader.ReadUuid(),
                App = reader.ReadUuid(),
                Chunk = new ChunkId(reader.ReadUuid(), reader.ReadUuid(), checked((int)reader.ReadUInt32())),
                ReceivedAtMicros = reader.ReadInt64(),
                ReceivedHash = reader.ReadHash(),
                WriteKeyHash = reader.ReadHash(),
                Query = Encoding.UTF8.GetString(reader.ReadBytes(reader.ReadUInt16())),
            };
        }
        catch (Exception malformed) when (malformed is FormatException or OverflowException)
        {
            return null;
        }
    }

    private const int FixedHeadBytes = 1 + (4 * 16) + 4 + 8 + (2 * Hash256.Length) + 2;

    private static int HeadLength(IntakeFrameHead head) => FixedHeadBytes + Encoding.UTF8.GetByteCount(head.Query);

    private static void WriteHead(Span<byte> span, IntakeFrameHead head)
    {
        span[0] = HeadVersion;
        head.Account.TryWriteBytes(span[1..], bigEndian: true, out _);
        head.App.TryWriteBytes(span[17..], bigEndian: true, out _);
        head.Chunk.Session.TryWriteBytes(span[33..], bigEndian: true, out _);
        head.Chunk.Page.TryWriteBytes(span[49..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt32LittleEndian(span[65..], head.Chunk.Seq);
        BinaryPrimitives.WriteInt64LittleEndian(span[69..], head.ReceivedAtMicros);
        head.ReceivedHash.CopyTo(span[77..]);
        head.WriteKeyHash.CopyTo(span[109..]);
        BinaryPrimitives.WriteUInt16LittleEndian(span[141..], checked((ushort)(span.Length - FixedHeadBytes)));
        Encoding.UTF8.GetBytes(head.Query, span[FixedHeadBytes..]);
    }

    private static void WriteRecordStart(Span<byte> span, ReadOnlySpan<byte> marker, byte type, int number)
    {
        marker.CopyTo(span);
        span[16] = type;
        span.Slice(17, 3).Clear();
        BinaryPrimitives.WriteInt32LittleEndian(span[20..], number);
    }
}
