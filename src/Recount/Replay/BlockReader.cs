using Dapper;
using Recount.Database;
using Recount.Recordings.Index;
using Recount.Recordings.Reading;
using Recount.Recordings.Seal;
using Recount.Wire;
using Recount.Wire.Segments;

namespace Recount.Replay;

/// <summary>
/// Reads one block for the stage. A seek asks for several at once, so each asks the database for one row only, never
/// for the whole session.
/// </summary>
public sealed class BlockReader(Db db, PageBlocks blocks)
{
    /// <summary>Whether the account has the session.</summary>
    public async Task<bool> HasSessionAsync(Guid account, Guid session, CancellationToken token)
    {
        const string sessionExists = """
            SELECT EXISTS (SELECT FROM recount.session WHERE account = @account AND session = @session)
            """;
        await using var connection = await db.OpenAsync(token);
        return await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(sessionExists, new { account, session }, cancellationToken: token));
    }

    /// <summary>A block of a part.</summary>
    /// <param name="page">The page.</param>
    /// <param name="part">Number of the part.</param>
    /// <param name="block">Index of the block in it.</param>
    /// <param name="decoded">False to get the bytes as they are stored.</param>
    /// <param name="token">Ends the reading.</param>
    /// <returns>Null when the account has no such block, or its object is gone.</returns>
    /// <exception cref="SegmentException">What is stored is not what was sealed.</exception>
    public async Task<BlockBytes?> ReadPartAsync(PageId page, int part, int block, bool decoded, CancellationToken token)
    {
        const string rootOfPart = """
            SELECT root FROM recount.part
            WHERE account = @Account AND session = @Session AND page = @Page AND part = @part
            """;
        byte[]? root;
        await using (var connection = await db.OpenAsync(token))
        {
            root = await connection.ExecuteScalarAsync<byte[]>(new CommandDefinition(
                rootOfPart, new { page.Account, page.Session, page.Page, part }, cancellationToken: token));
        }

        return root is null ? null : await blocks.ReadPartBlockAsync(page, part, block, new Hash256(root), decoded, token);
    }

    /// <summary>A chunk that was pending when the manifest was made; by now a part may hold it.</summary>
    /// <returns>Null when the account has no such chunk, or its bytes are gone.</returns>
    /// <exception cref="SegmentException">What is stored is not what was sealed.</exception>
    public async Task<BlockBytes?> ReadChunkAsync(PageId page, int seq, CancellationToken token)
    {
        if (await FindPendingAsync(page, seq, token) is { } pending
            && await blocks.ReadPendingAsync(pending, token) is { } content)
        {
            return new BlockBytes(content, IsBrotli: false);
        }

        return await ReadSealedChunkAsync(page, seq, token);
    }

    private async Task<IndexedChunk?> FindPendingAsync(PageId page, int seq, CancellationToken token)
    {
        await using var connection = await db.OpenAsync(token);
        return await ChunkStore.FindAsync(connection, page, seq, token);
    }

    private async Task<BlockBytes?> ReadSealedChunkAsync(PageId page, int seq, CancellationToken token)
    {
        List<ProvenPart> parts;
        await using (var connection = await db.OpenAsync(token))
        {
            parts = await PartStore.OfPageAsync(connection, page, token);
        }

        foreach (var part in parts)
        {
            var footer = part.Footer;
            var chunk = footer.Chunks.FirstOrDefault(it => it.Seq == seq);
            var index = footer.Blocks.ToList().FindIndex(it => it.FirstSeq <= seq && seq <= it.LastSeq);
            if (chunk is null || index < 0)
            {
                continue;
            }

            var block = await blocks.ReadPartBlockAsync(page, footer.Part, index, part.Root, decoded: true, token);
            var offset = (int)(chunk.ContentOffset - footer.Blocks[index].ContentOffset);
            return block is null ? null : block with { Bytes = block.Bytes.Slice(offset, chunk.ContentLength) };
        }

        return null;
    }
}
