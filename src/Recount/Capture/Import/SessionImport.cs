using System.Globalization;
using System.IO.Compression;
using Recount.Capture.Intake;
using Recount.Wire;
using Recount.Wire.Chunks;
using Recount.Wire.Segments;

namespace Recount.Capture.Import;

/// <summary>What an import did.</summary>
/// <param name="Session">The session, under the id it had, or one that follows from the file.</param>
/// <param name="Page">The page.</param>
/// <param name="Chunks">Chunks that were made durable; what was there before counts as duplicate.</param>
public sealed record ImportResult(Guid Session, Guid Page, int Chunks);

/// <summary>
/// Takes recordings from files into the intake, where each chunk goes the way of any other. Importing the same file again
/// adds nothing.
/// </summary>
public sealed class SessionImport(IntakeWriter intake, NodeClock clock)
{
    /// <param name="file">A part (<c>.rec</c>) or a JSON array of rrweb events.</param>
    /// <param name="account">The account.</param>
    /// <param name="app">The app it is imported for.</param>
    /// <param name="token">Ends the import; what was taken stays.</param>
    /// <exception cref="FormatException">It is neither.</exception>
    /// <exception cref="SegmentException">It is a part that is damaged, or of a later version.</exception>
    /// <exception cref="IOException">The bytes could not be made durable.</exception>
    public Task<ImportResult> ImportAsync(ReadOnlyMemory<byte> file, Guid account, Guid app, CancellationToken token) =>
        file.Span.StartsWith(SegmentFormat.HeaderMagic)
            ? ImportPartAsync(file, account, app, token)
            : ImportRrwebAsync(file, account, app);

    private async Task<ImportResult> ImportPartAsync(
        ReadOnlyMemory<byte> file, Guid account, Guid app, CancellationToken token)
    {
        var reader = await SegmentReader.OpenAsync(new FileSource(file), token);
        var footer = reader.Footer;
        if (footer.Kind != SegmentKind.Recording)
        {
            throw new FormatException("It is an event part; a recording part is expected.");
        }

        var frames = new List<(IntakeFrameHead Head, byte[] Body)>();
        await reader.VerifyAsync((chunk, content) => frames.Add((Head(footer, chunk, content, account, app), content.ToArray())), token);
        await AppendAsync(frames);
        return new ImportResult(footer.Session, footer.Page, frames.Count);
    }

    /// <summary>The chunk as it was received once: its time of reception stays, so that its page keeps its time line.</summary>
    private static IntakeFrameHead Head(
        SegmentFooter footer, SegmentChunk chunk, ReadOnlyMemory<byte> content, Guid account, Guid app) => new()
    {
        Account = account,
        App = app,
        Chunk = new ChunkId(footer.Session, footer.Page, chunk.Seq),
        ReceivedAtMicros = chunk.ReceivedAtMicros,
        ReceivedHash = Hash256.Of(content.Span),
        WriteKeyHash = footer.WriteKeyHash,
        Query = WithoutEncoding(chunk.Query),
    };

    /// <summary>The content comes uncompressed, whatever it was sent as.</summary>
    private static string WithoutEncoding(string query) =>
        string.Join('&', query.Split('&').Where(pair => !pair.StartsWith("enc=", StringComparison.Ordinal)));

    private async Task<ImportResult> ImportRrwebAsync(ReadOnlyMemory<byte> file, Guid account, Guid app)
    {
        var rrweb = RrwebPage.Read(file);
        var (session, page) = (RrwebPage.IdOf(file.Span, "session"), RrwebPage.IdOf(file.Span, "page"));
        var now = clock.NowMicros;
        var frames = rrweb.Chunks.Select((content, seq) =>
        {
            var body = Gzip(content);
            var last = seq == rrweb.Chunks.Count - 1 ? "&last=1" : "";
            var head = new IntakeFrameHead
            {
                Account = account,
                App = app,
                Chunk = new ChunkId(session, page, seq),
                ReceivedAtMicros = now,
                ReceivedHash = Hash256.Of(body),
                WriteKeyHash = Hash256.OfNothing,

                // Sent now and by nobody's page clock: the page's start is estimated from when it was opened.
                Query = string.Create(CultureInfo.InvariantCulture, $"enc=gzip&sent={now / 1000}{last}"),
            };
            return (head, body);
        }).ToList();
        await AppendAsync(frames);
        return new ImportResult(session, page, frames.Count);
    }

    private async Task AppendAsync(IReadOnlyList<(IntakeFrameHead Head, byte[] Body)> frames)
    {
        foreach (var (head, body) in frames)
        {
            if (body.Length > ChunkContent.MaxBodyBytes)
            {
                throw new FormatException($"Chunk {head.Chunk.Seq} has {body.Length} bytes; {ChunkContent.MaxBodyBytes} are allowed.");
            }
        }

        foreach (var (head, body) in frames)
        {
            if (await intake.AppendAsync(head, body) != IntakeOutcome.Durable)
            {
                throw new IOException("The bytes could not be made durable; import the file again.");
            }
        }
    }

    private static byte[] Gzip(byte[] content)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return output.ToArray();
    }

    private sealed class FileSource(ReadOnlyMemory<byte> file) : ISegmentSource
    {
        public long Length => file.Length;

        public ValueTask ReadExactlyAsync(long offset, Memory<byte> buffer, CancellationToken token)
        {
            if (offset < 0 || offset + buffer.Length > file.Length)
            {
                throw new EndOfStreamException($"The file ends at {file.Length}.");
            }

            file.Slice((int)offset, buffer.Length).CopyTo(buffer);
            return ValueTask.CompletedTask;
        }
    }
}
