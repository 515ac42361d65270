using System.ComponentModel.DataAnnotations;
using Recount.Capture.Intake;
using Recount.Primitives;

namespace Recount.Capture;

/// <summary>Section <c>Capture</c>.</summary>
public sealed record CaptureOptions
{
    public const string Section = "Capture";

    /// <summary>Limits of intake objects.</summary>
    public IntakeOptions Intake { get; init; } = new();

    /// <summary>Memory for bodies on their way, in all. 64 MiB; 4 MiB (one body) to 1 TiB.</summary>
    [Range(typeof(ByteSize), "4 MiB", "1 TiB")]
    public ByteSize InFlightBytes { get; init; } = ByteSize.MiB(64);

    /// <summary>Memory for bodies on their way, for one key. 8 MiB; 4 MiB (one body) to 1 TiB.</summary>
    [Range(typeof(ByteSize), "4 MiB", "1 TiB")]
    public ByteSize InFlightBytesPerKey { get; init; } = ByteSize.MiB(8);

    /// <summary>Least rate of a body, bytes a second. 1,000; 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public double LeastBodyBytesPerSecond { get; init; } = 1_000;

    /// <summary>How long a body may be slower than the least rate. 5 s; 2 s to 1 min (Kestrel looks once a second).</summary>
    [Range(typeof(TimeSpan), "00:00:02", "00:01:00")]
    public TimeSpan BodyGracePeriod { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Free space below which chunks are refused; null for 2% of the disk within 64 MiB and 1 GiB;
    /// 0 to 8,192 TiB.</summary>
    [Range(typeof(ByteSize), "0 B", "8192 TiB")]
    public ByteSize? DiskReserve { get; init; }

    /// <summary>How often free space is read. 1 s; 10 ms to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan DiskCheckInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What a client is told to wait after a refusal that passes. 2 s; 1 s to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Rate of one key. Sessions that were not seen before may use only half of it, so a flood of made-up sessions cannot
    /// silence those that are being recorded.
    /// </summary>
    public RateLimit KeyRate { get; init; } = new() { ChunksPerSecond = 5_000, Burst = 100_000 };

    /// <summary>Rate of one client address.</summary>
    public RateLimit AddressRate { get; init; } = new() { ChunksPerSecond = 2_000, Burst = 50_000 };

    /// <summary>Rate of one session.</summary>
    public RateLimit SessionRate { get; init; } = new() { ChunksPerSecond = 100, Burst = 20_000 };

    /// <summary>Greatest file that is imported, held in memory while it is. 256 MiB; 64 KiB to 2,047 MiB (one array).</summary>
    [Range(typeof(ByteSize), "64 KiB", "2047 MiB")]
    public ByteSize ImportBytes { get; init; } = ByteSize.MiB(256);

    /// <summary>Sessions and addresses whose rates are remembered; the longest unused are forgotten. 200,000.</summary>
    [Range(1_000, 10_000_000)]
    public int RememberedRates { get; init; } = 200_000;
}

/// <summary>A rate that may be exceeded for a while.</summary>
public sealed record RateLimit
{
    /// <summary>Chunks a second, for ever.</summary>
    [Range(0.01, 1e9)]
    public double ChunksPerSecond { get; init; }

    /// <summary>Chunks at once after a rest; at least 2, since half of it is for what was not seen before.</summary>
    [Range(2, 1e9)]
    public double Burst { get; init; }
}
