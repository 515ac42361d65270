namespace Recount.Ui.Layout;

/// <summary>What the navigation offers: only what exists.</summary>
public static class Navigation
{
    /// <summary>Where the app begins.</summary>
    public const string Home = "/sessions";

    public static IReadOnlyList<NavigationItem> Items { get; } =
    [
        new("Sessions", "/sessions", "video", 's'),
        new("Apps", "/apps", "apps", 'a'),
        new("Tokens", "/tokens", "ticket", 't'),
        new("Audit", "/audit", "history", 'u'),
        new("Health", "/health", "activity-heartbeat", 'h'),
    ];
}

/// <summary>One place to go.</summary>
/// <param name="Title">As it is written.</param>
/// <param name="Path">Address; what lies below it belongs to it.</param>
/// <param name="Icon">Name of a Tabler icon in <c>web/app/icons.mjs</c>.</param>
/// <param name="Letter">Key that goes there after <c>g</c>.</param>
public sealed record NavigationItem(string Title, string Path, string Icon, char Letter);
