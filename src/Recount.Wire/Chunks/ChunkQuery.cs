using System.Globalization;

namespace Recount.Wire.Chunks;

/// <summary>
/// What the client said beside a chunk, read from the query as it came. Whatever does not parse is unknown: a
/// <c>sent=NaN</c> is a fact about a device, not an error. Of a parameter that stands twice the first one counts.
/// </summary>
public sealed record ChunkQuery
{
    /// <summary>Longer texts are no numbers that a clock has shown.</summary>
    private const int MaxNumberLength = 64;

    /// <summary>SHA-256 the client computed over the uncompressed body.</summary>
    public Hash256? ContentHash { get; init; }

    /// <summary>Client's wall clock when it sent, Unix ms.</summary>
    public double? Sent { get; init; }

    /// <summary>Page clock at the same moment, ms; null when a later document sent the chunk.</summary>
    public double? Clock { get; init; }

    /// <summary>Page clock of the first entry, ms.</summary>
    public double? From { get; init; }

    /// <summary>Page clock of the last entry, ms.</summary>
    public double? To { get; init; }

    /// <summary>Entries in the chunk.</summary>
    public long? Entries { get; init; }

    /// <summary>Entries captured on the page so far.</summary>
    public long? Captured { get; init; }

    /// <summary>Entries dropped on the page so far.</summary>
    public long? Dropped { get; init; }

    /// <summary>The page ended with this chunk.</summary>
    public bool Last { get; init; }

    /// <summary>How the body is encoded; empty for plain.</summary>
    public string Encoding { get; init; } = "";

    /// <param name="query">The query string, with or without its question mark.</param>
    public static ChunkQuery Parse(ReadOnlySpan<char> query)
    {
        // Read from the end: what stands first is set last, and counts.
        var read = new ChunkQuery();
        for (var rest = query.TrimStart('?'); !rest.IsEmpty;)
        {
            var start = rest.LastIndexOf('&') + 1;
            var pair = rest[start..];
            rest = rest[..Math.Max(start - 1, 0)];
            var equals = pair.IndexOf('=');
            if (equals > 0)
            {
                read = read.With(pair[..equals], Uri.UnescapeDataString(pair[(equals + 1)..]));
            }
        }

        return read;
    }

    private ChunkQuery With(ReadOnlySpan<char> name, string value) => name switch
    {
        "h" => this with { ContentHash = Hash256.TryParse(value, out var hash) ? hash : null },
        "sent" => this with { Sent = Number(value) },
        "clock" => this with { Clock = Number(value) },
        "from" => this with { From = Number(value) },
        "to" => this with { To = Number(value) },
        "n" => this with { Entries = Count(value) },
        "captured" => this with { Captured = Count(value) },
        "dropped" => this with { Dropped = Count(value) },
        "last" => this with { Last = value == "1" },
        "enc" => this with { Encoding = value },
        _ => this,
    };

    private static double? Number(string value) =>
        value.Length <= MaxNumberLength
        && double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && double.IsFinite(number)
            ? number
            : null;

    private static long? Count(string value) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;
}
