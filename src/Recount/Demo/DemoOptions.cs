using System.ComponentModel.DataAnnotations;

namespace Recount.Demo;

/// <summary>Section <c>Demo</c>: the shop at <c>/demo</c>. Whether it is served at all is <c>Server:Demo</c>.</summary>
public sealed record DemoOptions
{
    public const string Section = "Demo";

    /// <summary>How long the slow request takes. 1.5 s; 0 to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan SlowAnswer { get; init; } = TimeSpan.FromSeconds(1.5);
}
