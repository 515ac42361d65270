using Recount.Primitives;

namespace Recount.Tests.Infrastructure;

/// <summary>Bytes as an open file.</summary>
internal sealed class MemoryReadFile(byte[] bytes) : IReadFile
{
    public long Length => bytes.Length;

    public int Read(long offset, Span<byte> buffer)
    {
        var count = (int)Math.Clamp(bytes.Length - offset, 0, buffer.Length);
        bytes.AsSpan((int)Math.Min(offset, bytes.Length), count).CopyTo(buffer);
        return count;
    }

    public void Dispose()
    {
    }
}
