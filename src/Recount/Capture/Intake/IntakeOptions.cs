using System.ComponentModel.DataAnnotations;
using Recount.Primitives;

namespace Recount.Capture.Intake;

/// <summary>Section <c>Capture:Intake</c>.</summary>
public sealed record IntakeOptions
{
    /// <summary>Age at which an object is closed and its chunks can be indexed. 1 s; 10 ms to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Size at which an object is closed, and greatest size of one group. 8 MiB; 4 KiB to 1 GiB.</summary>
    [Range(typeof(ByteSize), "4 KiB", "1 GiB")]
    public ByteSize MaxBytes { get; init; } = ByteSize.MiB(8);

    /// <summary>How long chunks are refused after a storage failure before it is tried again. 1 s; 0 to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan RestAfterFailure { get; init; } = TimeSpan.FromSeconds(1);
}
