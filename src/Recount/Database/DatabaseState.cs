namespace Recount.Database;

/// <summary>What is known of the database.</summary>
/// <param name="Phase">How far it came.</param>
/// <param name="Detail">For an operator: what is awaited or what went wrong; null when it is ready.</param>
public sealed record DatabaseState(DatabasePhase Phase, string? Detail = null);

/// <summary>How far the database came.</summary>
public enum DatabasePhase
{
    /// <summary>Not reached or not migrated yet.</summary>
    Starting,

    /// <summary>Reached, migrated, and the last check answered.</summary>
    Ready,

    /// <summary>The last check did not answer.</summary>
    Unreachable,

    /// <summary>Reached, but not to be used: its migrations or its roles are not those of this build.</summary>
    Refused,
}
