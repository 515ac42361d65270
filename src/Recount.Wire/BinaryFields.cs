using System.Buffers;
using System.Buffers.Binary;

namespace Recount.Wire;

/// <summary>Writes the field types that the binary formats share: little-endian numbers, UUIDs in network order.</summary>
public static class BinaryFieldWriter
{
    public static void WriteByte(this IBufferWriter<byte> output, byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    public static void WriteUInt16(this IBufferWriter<byte> output, int value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(output.GetSpan(2), checked((ushort)value));
        output.Advance(2);
    }

    public static void WriteUInt32(this IBufferWriter<byte> output, long value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(output.GetSpan(4), checked((uint)value));
        output.Advance(4);
    }

    public static void WriteInt64(this IBufferWriter<byte> output, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(output.GetSpan(8), value);
        output.Advance(8);
    }

    public static void WriteDouble(this IBufferWriter<byte> output, double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(output.GetSpan(8), value);
        output.Advance(8);
    }

    public static void WriteUuid(this IBufferWriter<byte> output, Guid value)
    {
        value.TryWriteBytes(output.GetSpan(16), bigEndian: true, out _);
        output.Advance(16);
    }

    public static void WriteHash(this IBufferWriter<byte> output, Hash256 value)
    {
        value.CopyTo(output.GetSpan(Hash256.Length));
        output.Advance(Hash256.Length);
    }
}

/// <summary>Reads what <see cref="BinaryFieldWriter"/> wrote; a read past the end is a <see cref="FormatException"/>.</summary>
public ref struct BinaryFieldReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> rest = bytes;

    public readonly int Remaining => rest.Length;

    public byte ReadByte() => ReadBytes(1)[0];

    public int ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(ReadBytes(2));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(ReadBytes(4));

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(ReadBytes(8));

    public double ReadDouble() => BinaryPrimitives.ReadDoubleLittleEndian(ReadBytes(8));

    public Guid ReadUuid() => new(ReadBytes(16), bigEndian: true);

    public Hash256 ReadHash() => new(ReadBytes(Hash256.Length));

    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if (count < 0 || count > rest.Length)
        {
            throw new FormatException($"{count} bytes were expected and {rest.Length} are left.");
        }

        var read = rest[..count];
        rest = rest[count..];
        return read;
    }

    /// <summary>A count of rows, refused when the rows cannot fit in what is left: nothing is allocated on its word.</summary>
    public int ReadCount(int leastRowBytes)
    {
        var count = ReadUInt32();
        return count <= (uint)(rest.Length / leastRowBytes)
            ? (int)count
            : throw new FormatException($"{count} rows were announced and {rest.Length} bytes are left.");
    }
}
