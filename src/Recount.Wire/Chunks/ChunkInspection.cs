namespace Recount.Wire.Chunks;

/// <summary>A chunk that can be archived.</summary>
/// <param name="Content">The uncompressed body.</param>
/// <param name="Hash">SHA-256 of the content.</param>
/// <param name="Facts">What it holds.</param>
public sealed record InspectedChunk(ReadOnlyMemory<byte> Content, Hash256 Hash, ContentFacts Facts);

/// <summary>The one judgement of a chunk's content, the same before the acknowledgement and at indexing.</summary>
public static class ChunkInspection
{
    /// <exception cref="ChunkContentException">It cannot be archived as it is.</exception>
    public static InspectedChunk Inspect(ReadOnlyMemory<byte> body, ChunkQuery query) =>
        InspectContent(ChunkContent.Decode(body, query.Encoding), query);

    /// <summary>Judges a content that is decoded already.</summary>
    /// <exception cref="ChunkContentException">It cannot be archived as it is.</exception>
    public static InspectedChunk InspectContent(ReadOnlyMemory<byte> content, ChunkQuery query)
    {
        var hash = Hash256.Of(content.Span);
        if (query.ContentHash is { } said && said != hash)
        {
            throw new ChunkContentException(ContentFault.HashMismatch, $"The content's hash is {hash}; the client said {said}.");
        }

        return new InspectedChunk(content, hash, ContentFacts.Read(content.Span));
    }
}
