namespace Recount.Primitives;

/// <summary>
/// What one process does. All by default; processes of one installation may share the work, and never call each other.
/// </summary>
public sealed class ProcessRoles
{
    /// <summary>The capture endpoint and the intake it writes.</summary>
    public const string Capture = "capture";

    /// <summary>Index, seal, release and their checks.</summary>
    public const string Archive = "archive";

    /// <summary>The user interface, the API and playback.</summary>
    public const string App = "app";

    private readonly HashSet<string> roles;

    private ProcessRoles(IEnumerable<string> roles)
    {
        this.roles = [.. roles];
    }

    /// <summary>Every role, in the order of a chunk's way.</summary>
    public static IReadOnlyList<string> Known { get; } = [Capture, Archive, App];

    public static ProcessRoles All { get; } = new(Known);

    /// <param name="list">Names with commas between them; null or empty for all.</param>
    /// <exception cref="FormatException">A name is none of <see cref="Known"/>.</exception>
    public static ProcessRoles Parse(string? list) =>
        Unknown(list) is { } unknown ? throw new FormatException($"'{unknown}' is no role.")
        : Names(list) is { Length: > 0 } names ? new ProcessRoles(names)
        : All;

    /// <returns>The first name of the list that is no role; null when all are.</returns>
    public static string? Unknown(string? list) => Names(list).FirstOrDefault(name => !Known.Contains(name));

    public bool Has(string role) => roles.Contains(role);

    private static string[] Names(string? list) =>
        (list ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
