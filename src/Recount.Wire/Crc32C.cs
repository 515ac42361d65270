using System.Buffers.Binary;
using System.Numerics;

namespace Recount.Wire;

/// <summary>CRC-32C (Castagnoli): finds torn and flipped bytes; it proves nothing against an attacker.</summary>
public static class Crc32C
{
    private const uint Seed = 0xFFFF_FFFF;

    public static uint Of(ReadOnlySpan<byte> bytes) => ~Add(Seed, bytes);

    /// <summary>CRC of two spans as if they were one.</summary>
    public static uint Of(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => ~Add(Add(Seed, first), second);

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return crc;
    }
}
