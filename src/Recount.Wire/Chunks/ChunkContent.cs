using System.Buffers;
using System.IO.Compression;

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

    private const int ReadBytes = 64 << 10;

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

    private static ReadOnlyMemory<byte> Inflate(ReadOnlyMemory<byte> body)
    {
        var content = new ArrayBufferWriter<byte>(Math.Max(body.Length * 4, ReadBytes));
        try
        {
            using var source = new MemoryStream(body.ToArray(), writable: false);
            using var gzip = new GZipStream(source, CompressionMode.Decompress);
            for (var read = -1; read != 0; content.Advance(read))
            {
                if (content.WrittenCount > MaxContentBytes)
                {
                    throw new ChunkContentException(
                        ContentFault.TooLarge, $"The body inflates beyond {MaxContentBytes} bytes.");
                }

                read = gzip.Read(content.GetSpan(ReadBytes)[..ReadBytes]);
            }
        }
        catch (InvalidDataException broken)
        {
            throw new ChunkContentException(ContentFault.Undecodable, "The gzip stream is broken.", broken);
        }

        // GZipStream takes a stream that ends early for one that ended, so an emptied or cut body is told by its length.
        VerifyGzipLength(body.Span, content.WrittenCount);
        return content.WrittenMemory;
    }

    private static void VerifyGzipLength(ReadOnlySpan<byte> body, int inflated)
    {
        const int leastGzipBytes = 18;
        if (body.Length < leastGzipBytes
            || System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(body[^4..]) != (uint)inflated)
        {
            throw new ChunkContentException(ContentFault.Undecodable, "The gzip stream is cut or has bytes behind it.");
        }
    }
}
