using System.ComponentModel.DataAnnotations;
using Recount.Primitives;

namespace Recount.Recordings;

/// <summary>Section <c>Recordings</c>.</summary>
public sealed record RecordingsOptions
{
    public const string Section = "Recordings";

    /// <summary>A page that nothing came for this long is sealed. 5 min; 100 ms to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan QuietPeriod { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A page that ended and that nothing came for this long is sealed. 30 s; 100 ms to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan EndedQuietPeriod { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Unsealed bytes, as sent, at which a page is sealed though it goes on. 32 MiB; 64 KiB to 1 GiB.</summary>
    [Range(typeof(ByteSize), "64 KiB", "1 GiB")]
    public ByteSize MaxUnsealedBytes { get; init; } = ByteSize.MiB(32);

    /// <summary>Time after which a page with unsealed chunks is sealed though it goes on. 10 min; 1 s to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MaxUnsealedAge { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Greatest uncompressed content of one part; what is over it makes the next part. 128 MiB; 32 MiB (one chunk) to
    /// 1 GiB.</summary>
    [Range(typeof(ByteSize), "32 MiB", "1 GiB")]
    public ByteSize MaxPartContentBytes { get; init; } = ByteSize.MiB(128);

    /// <summary>How long an intake object is kept after it was indexed, whatever is proven. 24 h; 0 to 30 days.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan ReleaseGrace { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How often the archive looks for closed intake objects. 250 ms; 10 ms to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan FollowInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How often it lists all boots again, for objects behind a hole. 30 s; 100 ms to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan ReconcileInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often frames are indexed that waited for their account's share. 250 ms; 10 ms to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan DeferredInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How often conservation's figures are added up. 1 s; 10 ms to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan ConservationInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often pages are looked at for sealing. 1 s; 10 ms to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan SealInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Pages that are sealed at once: while one waits for the disk, another is compressed. 4; 1 to 64.</summary>
    [Range(1, 64)]
    public int ConcurrentSeals { get; init; } = 4;

    /// <summary>Intake objects that are read, inflated and hashed while the one before them is written. 2; 0 to 16.</summary>
    [Range(0, 16)]
    public int IndexAhead { get; init; } = 2;

    /// <summary>How often intake objects are looked at for release. 1 min; 10 ms to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan ReleaseInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often summaries that are out of date are computed. 500 ms; 10 ms to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan SummaryInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long after its last chunk a session counts as live. 30 s; 1 s to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan LiveWindow { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes of content that one account's chunks may inflate to a second, for ever; what is over it is indexed
    /// later. 64 MiB; 64 KiB to 1 TiB.</summary>
    [Range(typeof(ByteSize), "64 KiB", "1 TiB")]
    public ByteSize InflateBytesPerSecond { get; init; } = ByteSize.MiB(64);

    /// <summary>Bytes of content that one account's chunks may inflate to at once after a rest. 1 GiB; 32 MiB (one chunk) to
    /// 1 TiB.</summary>
    [Range(typeof(ByteSize), "32 MiB", "1 TiB")]
    public ByteSize InflateBurst { get; init; } = ByteSize.GiB(1);

    /// <summary>Bytes of quarantine an account may use; from half of it on, its chunks are checked before they are
    /// acknowledged. 1 GiB; 1 KiB to 1,024 TiB.</summary>
    [Range(typeof(ByteSize), "1 KiB", "1024 TiB")]
    public ByteSize QuarantineBudget { get; init; } = ByteSize.GiB(1);

    /// <summary>Greatest data of the entries of one chunk that are copied for lists. 64 KiB; 1 KiB to 1 MiB.</summary>
    [Range(typeof(ByteSize), "1 KiB", "1 MiB")]
    public ByteSize MaxFactBytes { get; init; } = ByteSize.KiB(64);
}
