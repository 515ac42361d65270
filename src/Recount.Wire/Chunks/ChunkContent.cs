using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;

namespace Recount.Wire.Chunks;

/// <summary>Why a chunk's content cannot be archived as it is.</summary>
public enum ContentFault
{
    /// <summary>Unknown encoding, broken stream, not UTF-8, or a line that is no entry.</summary>
    Undecodable,

    /// <summary>Inflates beyond the bound; reading stopped there.</summary>
    TooLarge,

    /// <summary>Nested deeper than <see cref="ContentFacts.MaxDepth"/>, or a tree deeper than <see cref="ContentFacts.MaxTreeDepth"/>.</summary>
    TooDeep,

    /// <summary>Not what the client's own hash says.</summary>
    HashMismatch,
}

/// <summary>A content that cannot be archived as it is.</summary>
public sealed class ChunkContentException(ContentFault fault, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public ContentFault Fault { get; } = fault;
}

/// <summary>From the body of a chunk as it was sent to its content.</summary>
public static class ChunkContent
{
    /// <summary>Greatest body, as sent.</summary>
    public const int MaxBodyBytes = 4 << 20;

    /// <summary>Greatest content, uncompressed.</summary>
    public const int MaxContentBytes = 32 << 20;

    /// <summary>
    /// Inflates a body, never past the bound: memory is bounded by <see cref="MaxContentBytes"/> whatever the ratio.
    /// </summary>
    /// <param name="body">The body as it was received.</param>
    /// <param name="encoding">The <c>enc</c> parameter.</param>
    /// <exception cref="ChunkContentException">It cannot be decoded, or is too large.</exception>
    public static ReadOnlyMemory<byte> Decode(ReadOnlyMemory<byte> body, string encoding) => encoding switch
    {
        "" => body,
        "gzip" => Inflate(body),
        _ => throw new ChunkContentException(ContentFault.Undecodable, "The encoding is neither plain nor gzip."),
    };

    /// <summary>
    /// A gzip stream says at its end how long its content is, so that much is allotted at once; what inflates to more or to
    /// less is broken, or has bytes behind it. GZipStream alone takes a stream that ends early for one that ended.
    /// </summary>
    private static ReadOnlyMemory<byte> Inflate(ReadOnlyMemory<byte> body)
    {
        var length = AnnouncedLength(body.Span);
        var content = GC.AllocateUninitializedArray<byte>((int)Math.Min(length, MaxContentBytes) + 1);
        int inflated;
        try
        {
            using var gzip = new GZipStream(AsStream(body), CompressionMode.Decompress);
            inflated = gzip.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException broken)
        {
            throw new ChunkContentException(ContentFault.Undecodable, "The gzip stream is broken.", broken);
        }

        if (inflated > MaxContentBytes)
        {
            throw new ChunkContentException(ContentFault.TooLarge, $"The body inflates beyond {MaxContentBytes} bytes.");
        }

        return inflated == length ? content.AsMemory(0, inflated) : throw Cut();
    }

    private static long AnnouncedLength(ReadOnlySpan<byte> body)
    {
        const int leastGzipBytes = 18;
        const int greatestRatio = 1032;
        if (body.Length < leastGzipBytes)
        {
            throw Cut();
        }

        long length = BinaryPrimitives.ReadUInt32LittleEndian(body[^4..]);

        // No deflate stream gives more, so a small body cannot have much memory allotted by what it announces.
        return length <= (long)body.Length * greatestRatio ? length : throw Cut();
    }

    private static MemoryStream AsStream(ReadOnlyMemory<byte> body) =>
        MemoryMarshal.TryGetArray(body, out var array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(body.ToArray(), writable: false);

    private static ChunkContentException Cut() =>
        new(ContentFault.Undecodable, "The gzip stream is cut or has bytes behind it.");
}
