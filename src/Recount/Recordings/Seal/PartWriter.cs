using Microsoft.Extensions.Options;
using Recount.Capture.Intake;
using Recount.ObjectStore;
using Recount.Primitives;
using Recount.Recordings.Index;
using Recount.Recordings.Reading;
using Recount.Wire;
using Recount.Wire.Segments;

namespace Recount.Recordings.Seal;

/// <summary>
/// Puts a part into the object store and proves it: read back past the page cache, every hash compared. When the key is
/// taken, the object there is the part, and it is what gets proven.
/// </summary>
public sealed class PartWriter(
    IObjectStore objects,
    ChunkBodies bodies,
    InstallationIdentity installation,
    DataDirectory data,
    TimeProvider time,
    IOptions<RecordingsOptions> options)
{
    /// <returns>The proven part, which may be one that another archiver wrote.</returns>
    /// <exception cref="SegmentException">What stands under the key is not a whole part; the number must be skipped.</exception>
    /// <exception cref="IOException">Nothing is known; try again.</exception>
    public async Task<ProvenPart?> WriteAsync(PartPlan plan, CancellationToken token)
    {
        using (var file = OpenScratch())
        {
            if (!await TryWriteRecordingAsync(file, plan, token))
            {
                return null;
            }

            file.Position = 0;
            await objects.PutIfAbsentAsync(PartKeys.Recording(plan.Page, plan.Part), file, token);
        }

        Failpoint.Hit(Failpoint.SealAfterRecording);
        return await ProveAsync(plan.Page, plan.Part, token);
    }

    /// <summary>Proves the recording part under a key and makes sure that its event part stands beside it.</summary>
    /// <exception cref="SegmentException">One of them is not a whole part.</exception>
    public async Task<ProvenPart> ProveAsync(PageId page, int part, CancellationToken token)
    {
        var recording = await ProveRecordingAsync(page, part, null, token);
        var (eventsRoot, eventsBytes) = await ProveEventsAsync(page, part, recording.Root, token);
        return recording with { EventsRoot = eventsRoot, EventsStoredBytes = eventsBytes };
    }

    /// <summary>
    /// Proves a part for a new database: the recording decides. Its event part can be derived from it, so one that rotted
    /// is told and does not take the recording away.
    /// </summary>
    /// <param name="page">The page.</param>
    /// <param name="part">The part's number.</param>
    /// <param name="read">Given each chunk with its content on the way; what it made of them counts once all is proven.</param>
    /// <param name="token">Ends the reading.</param>
    /// <returns>The part, and what is wrong with its event part; null when nothing is.</returns>
    /// <exception cref="SegmentException">The recording is not a whole part.</exception>
    public async Task<(ProvenPart Part, string? EventsFault)> ProveAgainAsync(
        PageId page, int part, Action<SegmentChunk, ReadOnlyMemory<byte>> read, CancellationToken token)
    {
        var recording = await ProveRecordingAsync(page, part, read, token);
        try
        {
            var (eventsRoot, eventsBytes) = await ProveEventsAsync(page, part, recording.Root, token);
            return (recording with { EventsRoot = eventsRoot, EventsStoredBytes = eventsBytes }, null);
        }
        catch (Exception fault) when (fault is SegmentException or IOException or UnauthorizedAccessException)
        {
            return (recording, fault.Message);
        }
    }

    /// <returns>The part, with its event part as derived, which is put where there is none.</returns>
    private async Task<ProvenPart> ProveRecordingAsync(
        PageId page, int part, Action<SegmentChunk, ReadOnlyMemory<byte>>? read, CancellationToken token)
    {
        var key = PartKeys.Recording(page, part);
        using var stored = await StoredSegment.OpenAsync(objects, key, ReadFrom.Medium, token)
            ?? throw new SegmentException(SegmentFault.Damaged, $"'{key}' is not there.");
        var reader = await SegmentReader.OpenAsync(stored, token);
        Expect(reader, page, part, SegmentKind.Recording);
        using var scratch = OpenScratch();
        var events = new EventPartBuilder(scratch);
        await reader.VerifyAsync(events.Add + read, token);
        var eventsRoot = events.Complete(reader.Footer, reader.Root, installation.Signer);
        scratch.Position = 0;
        await objects.PutIfAbsentAsync(PartKeys.Events(page, part), scratch, token);
        Failpoint.Hit(Failpoint.SealAfterEvents);
        return new ProvenPart
        {
            Footer = reader.Footer,
            FooterBytes = reader.FooterBytes,
            Root = reader.Root,
            StoredBytes = stored.Length,
            EventsRoot = eventsRoot,
            EventsStoredBytes = scratch.Length,
        };
    }

    private async Task<(Hash256 Root, long Bytes)> ProveEventsAsync(
        PageId page, int part, Hash256 recordingRoot, CancellationToken token)
    {
        var key = PartKeys.Events(page, part);
        using var stored = await StoredSegment.OpenAsync(objects, key, ReadFrom.Medium, token)
            ?? throw new SegmentException(SegmentFault.Damaged, $"'{key}' is not there.");
        var reader = await SegmentReader.OpenAsync(stored, token);
        Expect(reader, page, part, SegmentKind.Events);
        await reader.VerifyAsync(null, token);
        return reader.Footer.RecordingRoot == recordingRoot
            ? (reader.Root, stored.Length)
            : throw new SegmentException(SegmentFault.HashMismatch, $"'{key}' belongs to another recording part.");
    }

    private void Expect(SegmentReader reader, PageId page, int part, SegmentKind kind)
    {
        var footer = reader.Footer;
        if (footer.Kind != kind || new PageId(footer.Account, footer.Session, footer.Page) != page || footer.Part != part)
        {
            throw new SegmentException(SegmentFault.HashMismatch, "The part says to be another than its key.");
        }

        // A key that was replaced since cannot be checked here; what it signed is still consistent.
        if (reader.KeyId.AsSpan().SequenceEqual(installation.Signer.KeyId)
            && !installation.Signer.Verify(reader.Root, reader.Signature))
        {
            throw new SegmentException(SegmentFault.NotAuthentic, "The part's signature does not hold.");
        }
    }

    /// <returns>False when no chunk's body can be read any more.</returns>
    private async Task<bool> TryWriteRecordingAsync(FileStream file, PartPlan plan, CancellationToken token)
    {
        var writer = new SegmentWriter(file);
        var size = new PartSize(options.Value.MaxPartContentBytes.Bytes);
        var chunks = 0;
        foreach (var chunk in plan.Chunks)
        {
            if (await bodies.ReadContentAsync(chunk, token) is not { } content)
            {
                continue;
            }

            if (!size.TryAdd(chunk))
            {
                break;
            }

            writer.Add(chunk.ToSegmentChunk(), chunk.Kinds, content.Span);
            chunks++;
        }

        if (chunks > 0)
        {
            writer.Complete(Identity(plan), installation.Signer);
        }

        return chunks > 0;
    }

    private SegmentFooter Identity(PartPlan plan) => new()
    {
        Kind = SegmentKind.Recording,
        Account = plan.Page.Account,
        App = plan.App,
        Session = plan.Page.Session,
        Page = plan.Page.Page,
        Part = plan.Part,
        WriteKeyHash = plan.WriteKeyHash,
        Installation = installation.Id,
        SealedAtMicros = NodeClock.ToMicros(time.GetUtcNow()),
        PreviousRoot = plan.PreviousRoot,
        ContentLength = 0,
        Blocks = [],
        Chunks = [],
    };

    /// <summary>
    /// A file without a name, gone when it is closed or the process is killed; parts may be larger than memory allows.
    /// </summary>
    private FileStream OpenScratch()
    {
        var directory = Path.Combine(data.Root, "scratch");
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, Guid.NewGuid().ToString("N"));
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 64 << 10);
        File.Delete(path);
        return file;
    }
}
