using System.ComponentModel.DataAnnotations;

namespace Recount.Replay;

/// <summary>Section <c>Replay</c>.</summary>
public sealed record ReplayOptions
{
    public const string Section = "Replay";

    /// <summary>How long a stage token lasts; the session page renews it before that. 10 min; 10 s to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "01:00:00")]
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Different things that may be reported of one session; what is over it is counted and not kept.
    /// 200; 1 to 10,000.</summary>
    [Range(1, 10_000)]
    public int ReportsPerSession { get; init; } = 200;
}
