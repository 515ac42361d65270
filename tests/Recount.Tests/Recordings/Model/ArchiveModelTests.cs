using System.Globalization;
using System.Text;
using Recount.Primitives;
using Recount.Recordings;
using Recount.Recordings.Conservation;
using Recount.Recordings.Quarantine;
using Recount.Recordings.Reading;
using Recount.Recordings.Seal;
using Recount.Tests.Infrastructure;
using Recount.Wire.Chunks;
using Recount.Wire.Segments;
using Xunit.Abstractions;

namespace Recount.Tests.Recordings.Model;

/// <summary>Random sequences against <see cref="ArchiveModel"/>.</summary>
public sealed class ArchiveModelTests(PostgresFixture postgres, ITestOutputHelper output) : IClassFixture<PostgresFixture>
{
    /// <summary>On each change; with RECOUNT_TEST_LONG=1 <see cref="LongSequences"/>.</summary>
    private const int Sequences = 1_000;

    private const int LongSequences = 10_000;
    private const int Lanes = 4;

    /// <summary>An archiver that indexes one frame of an account and defers all others.</summary>
    private static readonly RecordingsOptions Miser = new()
    {
        InflateBurst = new ByteSize(1),
        InflateBytesPerSecond = new ByteSize(1),
    };

    [Fact]
    public async Task Whatever_happens_every_chunk_ends_in_the_one_place_where_it_belongs()
    {
        var first = int.TryParse(Environment.GetEnvironmentVariable("RECOUNT_TEST_SEED"), CultureInfo.InvariantCulture, out var given)
            ? given
            : Random.Shared.Next();
        var sequences = TestSeed.IsLong ? LongSequences : Sequences;
        output.WriteLine($"{sequences} sequences, RECOUNT_TEST_SEED={first}");
        using var archive = await Archive.CreateFastAsync(postgres);
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Lanes).Select(_ => Task.Run(async () =>
        {
            Archiver[] archivers = [archive.NewArchiver(), archive.NewArchiver(Miser)];
            for (var i = Interlocked.Increment(ref next); i < sequences; i = Interlocked.Increment(ref next))
            {
                await TryAsync(archive, archivers, unchecked(first + i));
            }
        })));
    }

    private static async Task TryAsync(Archive archive, Archiver[] archivers, int seed)
    {
        var sequence = new ArchiveSequence(archive, archivers, seed);
        try
        {
            await sequence.RunAsync();
            await VerifyFiguresAsync(archive, sequence);
            foreach (var page in sequence.Pages)
            {
                await VerifyPageAsync(archive, archivers[0], sequence, page);
            }

            await VerifyQuarantineAsync(archive, sequence);
            Assert.Empty(sequence.IntakeLeft());
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"RECOUNT_TEST_SEED={seed}\n{sequence.Log}\n{failure.Message}", failure);
        }
    }

    private static async Task VerifyFiguresAsync(Archive archive, ArchiveSequence sequence)
    {
        var model = sequence.Model;
        var expected = new ConservationRow
        {
            Accepted = model.Archived.Count + model.Duplicates + model.Quarantined.Count,
            Archived = model.Archived.Count,
            Duplicate = model.Duplicates,
            Quarantined = model.Quarantined.Count,
        };
        Assert.Equal(expected, await archive.FiguresAsync(sequence.Account));
    }

    /// <summary>The parts in the store hold each chunk once, as it was sent, and each has its event part beside it.</summary>
    private static async Task VerifyPageAsync(Archive archive, Archiver archiver, ArchiveSequence sequence, TestChunk page)
    {
        var expected = sequence.Model.Archived
            .Where(row => row.Key.Page == page.PageId).ToDictionary(row => row.Key.Seq, row => row.Value);
        var found = new List<int>();
        foreach (var part in await archive.PartsAsync(page.PageId))
        {
            var events = new Dictionary<int, string>();
            await ReadAsync(archive, PartKeys.Events(page.PageId, part.Footer.Part), (chunk, content) =>
                events.Add(chunk.Seq, Encoding.UTF8.GetString(content.Span)));
            await ReadAsync(archive, PartKeys.Recording(page.PageId, part.Footer.Part), (chunk, content) =>
            {
                found.Add(chunk.Seq);
                Assert.Equal(expected[chunk.Seq], content.ToArray());
                Assert.Equal(EventLines(content.Span), events[chunk.Seq]);
            });
            Assert.Equal(part.Footer.Chunks.Count, events.Count);
        }

        Assert.Equal(expected.Keys.Order(), found.Order());
        if (expected.Count > 0)
        {
            await VerifyReadingAsync(archive, archiver, page, expected);
        }
    }

    private static async Task VerifyReadingAsync(
        Archive archive, Archiver archiver, TestChunk page, Dictionary<int, byte[]> expected)
    {
        var view = (await archive.ViewAsync(page)).Pages.Single(item => item.View.Content.Id == page.PageId).View;
        var read = new List<(int Seq, byte[] Content)>();
        await foreach (var (chunk, content, cause) in archiver.Entries.ReadChunksAsync(view, CancellationToken.None))
        {
            Assert.Null(cause);
            read.Add((chunk.Seq, content.ToArray()));
        }

        Assert.Equal(expected.OrderBy(row => row.Key).Select(row => (row.Key, row.Value)), read);
    }

    private static async Task VerifyQuarantineAsync(Archive archive, ArchiveSequence sequence)
    {
        var bodies = new List<string>();
        foreach (var key in archive.Keys($"quarantine/{sequence.Account}"))
        {
            var kept = await QuarantineObject.ReadAsync(archive.Objects, key, ReadFrom.Cache, CancellationToken.None);
            bodies.Add(Convert.ToHexString(kept!.Bytes.Span));
        }

        Assert.Equal(sequence.Model.Quarantined.Select(Convert.ToHexString).Order(), bodies.Order());
    }

    private static async Task ReadAsync(Archive archive, string key, Action<SegmentChunk, ReadOnlyMemory<byte>> onChunk)
    {
        using var stored = await StoredSegment.OpenAsync(archive.Objects, key, ReadFrom.Cache, CancellationToken.None);
        await (await SegmentReader.OpenAsync(stored!, CancellationToken.None)).VerifyAsync(onChunk, CancellationToken.None);
    }

    private static string EventLines(ReadOnlySpan<byte> content)
    {
        var lines = new StringBuilder();
        foreach (var entry in ContentFacts.Read(content).Entries.Where(entry => !entry.Kind.IsDrawing()))
        {
            lines.Append(CultureInfo.InvariantCulture, $"[{entry.Position},")
                .Append(Encoding.UTF8.GetString(content.Slice(entry.Offset, entry.Length))).Append("]\n");
        }

        return lines.ToString();
    }
}
