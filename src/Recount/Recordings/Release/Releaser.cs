using Dapper;
using Microsoft.Extensions.Logging;
using Recount.Capture.Intake;
using Recount.Database;
using Recount.ObjectStore;
using Recount.Primitives;
using Recount.Recordings.Index;
using Recount.Recordings.Quarantine;
using Recount.Recordings.Reading;
using Recount.Recordings.Seal;
using Recount.Wire;
using Recount.Wire.Chunks;
using Recount.Wire.Segments;

namespace Recount.Recordings.Release;

/// <summary>
/// Deletes an intake object when each of its frames, read again now, is proven to be kept elsewhere: in a part whose
/// footer in the store names its identity and content, or in quarantine. No counter and no row alone decides.
/// </summary>
public sealed partial class Releaser(
    Db db,
    IntakeReader intake,
    IObjectStore objects,
    RecordingsMetrics metrics,
    TimeProvider time,
    ILogger<Releaser> log)
{
    /// <returns>Null when the object was released; else what is not proven.</returns>
    public async Task<string?> ReleaseAsync(IntakeKey key, CancellationToken token)
    {
        if (await intake.ReadAsync(key, ReadFrom.Medium, token) is not { Footer: not null } source)
        {
            return "The object is not there, or is open, or its end is damaged.";
        }

        if (await FirstUnprovenAsync(source, token) is { } unproven)
        {
            LogKept(key, unproven);
            return unproven;
        }

        Failpoint.Hit(Failpoint.ReleaseBeforeRow);
        if (!await TryWriteRowAsync(key, token))
        {
            return "A chunk of the object is not sealed.";
        }

        Failpoint.Hit(Failpoint.ReleaseAfterRow);
        await objects.DeleteAsync(key.Path, token);
        await objects.DeleteAsync(key.ClosePath, token);
        Failpoint.Hit(Failpoint.ReleaseAfterDelete);
        metrics.Released();
        return null;
    }

    /// <summary>Removes the closing sibling of an object that is released and gone: a crash came between the two.</summary>
    public async Task RemoveClosingAsync(IntakeKey key, CancellationToken token)
    {
        using var there = await objects.OpenAsync(key.Path, ReadFrom.Cache, token);
        if (there is null && await IsReleasedAsync(key, token))
        {
            await objects.DeleteAsync(key.ClosePath, token);
        }
    }

    private async Task<string?> FirstUnprovenAsync(IntakeObject source, CancellationToken token)
    {
        var sealedContents = new Dictionary<PageId, HashSet<(int Seq, Hash256 Content)>>();
        foreach (var frame in source.Frames)
        {
            if (!await IsSealedAsync(frame, sealedContents, token) && !await IsQuarantinedAsync(source.Key, frame, token))
            {
                return $"Frame {frame.Number} ({frame.Head.Chunk}) is neither in a proven part nor in quarantine.";
            }
        }

        foreach (var damaged in DamagedFrames.Of(source))
        {
            if (await QuarantineObject.ReadAsync(objects, damaged.Key, ReadFrom.Medium, token) is null)
            {
                return $"The damaged range of frame {damaged.Address.Frame} is not in quarantine.";
            }
        }

        return null;
    }

    private async Task<bool> IsSealedAsync(
        IntakeFrame frame, Dictionary<PageId, HashSet<(int Seq, Hash256 Content)>> known, CancellationToken token)
    {
        if (!frame.IsBodyWhole)
        {
            return false;
        }

        var page = new PageId(frame.Head.Account, frame.Head.Chunk.Session, frame.Head.Chunk.Page);
        if (!known.TryGetValue(page, out var contents))
        {
            known[page] = contents = await SealedContentsAsync(page, token);
        }

        try
        {
            var content = ChunkContent.Decode(frame.Body, ChunkQuery.Parse(frame.Head.Query).Encoding);
            return contents.Contains((frame.Head.Chunk.Seq, Hash256.Of(content.Span)));
        }
        catch (ChunkContentException)
        {
            return false;
        }
    }

    /// <summary>What the page's proven parts hold, by the footers that the store has now.</summary>
    private async Task<HashSet<(int Seq, Hash256 Content)>> SealedContentsAsync(PageId page, CancellationToken token)
    {
        List<ProvenPart> parts;
        await using (var connection = await db.OpenAsync(token))
        {
            parts = await PartStore.OfPageAsync(connection, page, token);
        }

        var contents = new HashSet<(int, Hash256)>();
        foreach (var part in parts)
        {
            if (await FooterAsync(page, part, token) is { } footer)
            {
                contents.UnionWith(footer.Chunks.Select(chunk => (chunk.Seq, chunk.ContentHash)));
            }
        }

        return contents;
    }

    /// <returns>Null when the part is gone, or its object is not what was sealed: then it proves nothing.</returns>
    private async Task<SegmentFooter?> FooterAsync(PageId page, ProvenPart part, CancellationToken token)
    {
        var key = PartKeys.Recording(page, part.Footer.Part);
        try
        {
            using var stored = await StoredSegment.OpenAsync(objects, key, ReadFrom.Medium, token);
            var reader = stored is null ? null : await SegmentReader.OpenAsync(stored, token);
            return reader?.Root == part.Root ? reader.Footer : null;
        }
        catch (SegmentException fault)
        {
            LogDamaged(fault, key);
            return null;
        }
    }

    private async Task<bool> IsQuarantinedAsync(IntakeKey key, IntakeFrame frame, CancellationToken token)
    {
        var address = new FrameAddress(key.Node, key.Boot, key.N, frame.Number);
        var kept = await QuarantineObject.ReadAsync(
            objects, QuarantinedFrame.KeyOf(frame.Head.Account, address), ReadFrom.Medium, token);
        return kept is not null && kept.Bytes.Span.SequenceEqual(frame.Body.Span);
    }

    /// <returns>False when the working index still needs the object.</returns>
    private async Task<bool> TryWriteRowAsync(IntakeKey key, CancellationToken token)
    {
        const string release = """
            -- A row for every object that is indexed and that no chunk of the working index stands in.
            INSERT INTO recount.intake_release (node, boot, n, released_at)
            SELECT node, boot, n, @at FROM recount.intake_object o
            WHERE node = @Node AND boot = @Boot AND n = @N
              AND NOT EXISTS (SELECT FROM recount.chunk c WHERE c.node = o.node AND c.boot = o.boot AND c.n = o.n)
              AND NOT EXISTS (
                SELECT FROM recount.deferred_frame d WHERE d.node = o.node AND d.boot = o.boot AND d.n = o.n)
            ON CONFLICT (node, boot, n) DO NOTHING
            """;
        await using (var connection = await db.OpenAsync(token))
        {
            var parameters = new { key.Node, key.Boot, key.N, at = time.GetUtcNow() };
            await connection.ExecuteAsync(new CommandDefinition(release, parameters, cancellationToken: token));
        }

        return await IsReleasedAsync(key, token);
    }

    private async Task<bool> IsReleasedAsync(IntakeKey key, CancellationToken token)
    {
        const string isReleased = """
            SELECT EXISTS (SELECT FROM recount.intake_release WHERE node = @Node AND boot = @Boot AND n = @N)
            """;
        await using var connection = await db.OpenAsync(token);
        return await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(isReleased, new { key.Node, key.Boot, key.N }, cancellationToken: token));
    }

    [LoggerMessage(LogLevel.Error, "'{Key}' is not the part that was sealed; nothing is released that it should hold.")]
    private partial void LogDamaged(Exception fault, string key);

    [LoggerMessage(LogLevel.Warning, "Intake object {Key} is kept: {Reason}")]
    private partial void LogKept(IntakeKey key, string reason);
}
