using System.Globalization;
using System.Reflection;

namespace Recount.Primitives;

/// <summary>
/// Named places at which a test can kill the process as a power cut would, with <c>RECOUNT_FAILPOINT=name[:n]</c>: the
/// n-th hit (the first by default) sends SIGKILL to the process itself. Without the variable a hit costs one comparison.
/// </summary>
public static class Failpoint
{
    public const string IntakeAfterAppend = "intake-after-append";
    public const string IntakeAfterSync = "intake-after-sync";
    public const string IntakeBeforeFooter = "intake-before-footer";
    public const string IntakeAfterFooter = "intake-after-footer";
    public const string IndexBeforeCommit = "index-before-commit";
    public const string IndexAfterCommit = "index-after-commit";
    public const string QuarantineAfterObject = "quarantine-after-object";
    public const string PutBeforeLink = "put-before-link";
    public const string PutAfterLink = "put-after-link";
    public const string SealAfterRecording = "seal-after-recording";
    public const string SealAfterEvents = "seal-after-events";
    public const string SealBeforeCommit = "seal-before-commit";
    public const string SealAfterCommit = "seal-after-commit";
    public const string ReleaseBeforeRow = "release-before-row";
    public const string ReleaseAfterRow = "release-after-row";
    public const string ReleaseAfterDelete = "release-after-delete";

    private static readonly string? Armed;
    private static int remaining;

    static Failpoint()
    {
        var setting = Environment.GetEnvironmentVariable("RECOUNT_FAILPOINT");
        if (string.IsNullOrEmpty(setting))
        {
            return;
        }

        var parts = setting.Split(':');
        if (!All.Contains(parts[0]))
        {
            throw new InvalidOperationException(
                $"RECOUNT_FAILPOINT names '{parts[0]}', which is none of: {string.Join(", ", All)}.");
        }

        remaining = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 1;
        Armed = parts[0];
    }

    /// <summary>Every name, in the order of a chunk's way.</summary>
    public static IReadOnlyList<string> All { get; } = typeof(Failpoint)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(field => field.IsLiteral)
        .Select(field => (string)field.GetRawConstantValue()!)
        .ToArray();

    public static void Hit(string name)
    {
        if (Armed is not null && Armed == name && Interlocked.Decrement(ref remaining) == 0)
        {
            Posix.KillSelf();
        }
    }
}
