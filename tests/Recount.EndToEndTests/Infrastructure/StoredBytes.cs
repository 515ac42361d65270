using System.IO.Compression;
using System.Text;
using Recount.Wire.Segments;

namespace Recount.EndToEndTests.Infrastructure;

/// <summary>Everything below a data directory, as it lies there and with everything that is compressed in it taken apart.</summary>
internal static class StoredBytes
{
    private static readonly byte[] GzipMagic = [0x1f, 0x8b, 0x08];

    /// <summary>Which of the words are stored, and where: "word in file".</summary>
    public static async Task<IReadOnlyList<string>> FindAsync(string root, IReadOnlyList<string> words)
    {
        var found = new List<string>();
        foreach (var file in Directory.GetFiles(root, "*", SearchOption.AllDirectories))
        {
            foreach (var content in await ContentsAsync(file))
            {
                found.AddRange(words.Where(word => Holds(content, word)).Select(word => $"{word} in {file[root.Length..]}"));
            }
        }

        return [.. found.Distinct()];
    }

    private static bool Holds(byte[] content, string word) =>
        content.AsSpan().IndexOf(Encoding.UTF8.GetBytes(word)) >= 0
        || content.AsSpan().IndexOf(Encoding.Unicode.GetBytes(word)) >= 0;

    private static async Task<IReadOnlyList<byte[]>> ContentsAsync(string file)
    {
        var raw = await File.ReadAllBytesAsync(file);
        var contents = new List<byte[]> { raw };
        if (file.Contains("/recordings/", StringComparison.Ordinal) || file.Contains("/events/", StringComparison.Ordinal))
        {
            var segment = await SegmentReader.OpenAsync(new MemorySource(raw), default);
            foreach (var block in segment.Footer.Blocks)
            {
                contents.Add(await segment.ReadBlockAsync(block, default));
            }
        }

        contents.AddRange(Inflated(raw));
        return contents;
    }

    /// <summary>Bodies of chunks lie in intake objects as they were sent.</summary>
    private static IEnumerable<byte[]> Inflated(byte[] raw)
    {
        for (var at = raw.AsSpan().IndexOf(GzipMagic); at >= 0;)
        {
            var inflated = new MemoryStream();
            try
            {
                using var gzip = new GZipStream(new MemoryStream(raw, at, raw.Length - at), CompressionMode.Decompress);
                gzip.CopyTo(inflated);
            }
            catch (InvalidDataException)
            {
                // What follows the body is no second one; what came before the end of it counts.
            }

            if (inflated.Length > 0)
            {
                yield return inflated.ToArray();
            }

            var next = raw.AsSpan(at + 1).IndexOf(GzipMagic);
            at = next < 0 ? -1 : at + 1 + next;
        }
    }

    private sealed class MemorySource(byte[] content) : ISegmentSource
    {
        public long Length => content.Length;

        public ValueTask ReadExactlyAsync(long offset, Memory<byte> buffer, CancellationToken token)
        {
            content.AsMemory((int)offset, buffer.Length).CopyTo(buffer);
            return ValueTask.CompletedTask;
        }
    }
}
