using System.Globalization;

namespace Recount.Wire.Clocks;

/// <summary>
/// The clock readings that came with one chunk, as they came. Any may be absent, NaN, infinite or absurd; what is
/// not believable is treated as unknown, never as an error.
/// </summary>
/// <param name="Seq">The chunk's number in its page.</param>
/// <param name="Boot">The boot of the node that received it: its <paramref name="ReceivedMicros"/> share one clock.</param>
/// <param name="ReceivedMicros">Reception, microseconds since the Unix epoch on that node's clock.</param>
/// <param name="SentWallMs">The device's wall clock when it sent the chunk, Unix ms.</param>
/// <param name="ClockMs">The page clock at the same moment, ms; null when a later document sent the chunk.</param>
/// <param name="FromMs">Page clock of the first entry, ms.</param>
/// <param name="ToMs">Page clock of the last entry, ms.</param>
public readonly record struct ChunkTimes(
    int Seq, Guid Boot, long ReceivedMicros, double? SentWallMs, double? ClockMs, double? FromMs, double? ToMs)
{
    /// <summary>Longer texts are no numbers that a clock has shown.</summary>
    private const int MaxNumberLength = 64;

    /// <summary>Reads the four parameters from their texts; what does not parse is null.</summary>
    public static ChunkTimes Parse(
        int seq, Guid boot, long receivedMicros, string? sent, string? clock, string? from, string? to) =>
        new(seq, boot, receivedMicros, ParseMs(sent), ParseMs(clock), ParseMs(from), ParseMs(to));

    /// <summary>
    /// Reads <c>sent</c>, <c>clock</c>, <c>from</c> and <c>to</c> from a chunk's query string as it came, with or
    /// without its question mark. The first occurrence of a parameter counts.
    /// </summary>
    public static ChunkTimes FromQuery(int seq, Guid boot, long receivedMicros, string? query)
    {
        string? sent = null, clock = null, from = null, to = null;
        foreach (var range in query.AsSpan().TrimStart('?').Split('&'))
        {
            var pair = query.AsSpan().TrimStart('?')[range];
            var equals = pair.IndexOf('=');
            if (equals < 0 || pair.Length - equals > 3 * MaxNumberLength)
            {
                continue;
            }

            var value = pair[(equals + 1)..];
            switch (pair[..equals])
            {
                case "sent": sent ??= Decode(value); break;
                case "clock": clock ??= Decode(value); break;
                case "from": from ??= Decode(value); break;
                case "to": to ??= Decode(value); break;
            }
        }

        return Parse(seq, boot, receivedMicros, sent, clock, from, to);
    }

    /// <summary>A finite number of milliseconds, or null for anything else.</summary>
    public static double? ParseMs(string? text) =>
        text is { Length: <= MaxNumberLength }
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var ms)
        && double.IsFinite(ms)
            ? ms
            : null;

    private static string Decode(ReadOnlySpan<char> value) => Uri.UnescapeDataString(value);
}
