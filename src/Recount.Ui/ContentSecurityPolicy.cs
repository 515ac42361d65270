namespace Recount.Ui;

/// <summary>
/// What the page of this request may load: only what this host serves, no inline script or style, and no page may frame
/// it. A page that needs more says so before it renders.
/// </summary>
public sealed class ContentSecurityPolicy
{
    private readonly List<string> frames = [];
    private readonly List<string> connections = [];

    /// <summary>Lets this page frame an origin: the replay host, on the session page.</summary>
    public void AllowFrame(Uri origin) => frames.Add(origin.GetLeftPart(UriPartial.Authority));

    /// <summary>Lets this page's scripts fetch from an origin.</summary>
    public void AllowConnection(Uri origin) => connections.Add(origin.GetLeftPart(UriPartial.Authority));

    public override string ToString() =>
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        + $"connect-src {Sources(["'self'", .. connections])}; frame-src {Sources(frames)}; form-action 'self'; "
        + "base-uri 'none'; frame-ancestors 'none'";

    private static string Sources(List<string> sources) =>
        sources.Count == 0 ? "'none'" : string.Join(' ', sources);
}
