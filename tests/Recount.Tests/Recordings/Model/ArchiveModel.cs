using Recount.Recordings.Index;

namespace Recount.Tests.Recordings.Model;

/// <summary>What must become of chunks, in the fewest words: whoever is indexed first stays.</summary>
internal sealed class ArchiveModel
{
    private readonly Dictionary<Guid, string> owners = [];

    /// <summary>The content that must be archived under each identity.</summary>
    public Dictionary<(PageId Page, int Seq), byte[]> Archived { get; } = [];

    public long Duplicates { get; private set; }

    /// <summary>Bodies that must be in quarantine, as they were received.</summary>
    public List<byte[]> Quarantined { get; } = [];

    public void Index(IReadOnlyList<SentChunk> frames)
    {
        foreach (var (chunk, content) in frames)
        {
            var identity = (chunk.PageId, chunk.Seq);
            if (content is null || owners.GetValueOrDefault(chunk.Session, chunk.WriteKey) != chunk.WriteKey)
            {
                Quarantined.Add(chunk.Body);
                continue;
            }

            owners[chunk.Session] = chunk.WriteKey;
            if (Archived.TryAdd(identity, content))
            {
                continue;
            }

            if (Archived[identity].AsSpan().SequenceEqual(content))
            {
                Duplicates++;
            }
            else
            {
                Quarantined.Add(chunk.Body);
            }
        }
    }
}

/// <param name="Chunk">As it was sent.</param>
/// <param name="Content">Uncompressed; null when it is none.</param>
internal sealed record SentChunk(TestChunk Chunk, byte[]? Content);
