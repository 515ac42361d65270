using System.ComponentModel.DataAnnotations;

namespace Recount.Access;

/// <summary>Who may do what, and how the capture endpoint learns of keys. Section <c>Access</c>.</summary>
public sealed record AccessOptions
{
    /// <summary>How often a node asks whether its key snapshot is the latest, beside being told. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan KeyPollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a confirmed snapshot counts as current: only then is an absent key an unknown key.
    /// Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan KeysCurrentFor { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a command that changed keys waits for the node's own snapshot. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan KeyChangeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the first-run link can be spent, from the start of the process. Default 24 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan FirstRunLifetime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long a sign-in lasts without a request. Default 14 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "90.00:00:00")]
    public TimeSpan SignInLifetime { get; init; } = TimeSpan.FromDays(14);

    /// <summary>Least length of a password, characters. Default 10.</summary>
    [Range(8, 128)]
    public int PasswordLength { get; init; } = 10;

    /// <summary>Wrong passwords for one name after which it is locked. Default 10.</summary>
    [Range(3, 100)]
    public int LockoutAttempts { get; init; } = 10;

    /// <summary>How long a name stays locked. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan LockoutPeriod { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Sign-ins tried from one address in <see cref="LoginWindow"/> before it is asked to wait. Default 30.</summary>
    [Range(1, 10_000)]
    public int LoginsPerAddress { get; init; } = 30;

    /// <summary>Sign-ins tried for one name in <see cref="LoginWindow"/> before it is asked to wait. Default 10.</summary>
    [Range(1, 10_000)]
    public int LoginsPerName { get; init; } = 10;

    /// <summary>The window of the two limits above. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan LoginWindow { get; init; } = TimeSpan.FromMinutes(1);
}
