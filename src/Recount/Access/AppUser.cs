namespace Recount.Access;

/// <summary>Somebody who signs in with a name and a password. Mutable, as ASP.NET Core Identity wants it.</summary>
public sealed class AppUser
{
    public Guid UserId { get; init; } = Guid.NewGuid();

    /// <summary>As it was written, 1 to 100 characters.</summary>
    public string Name { get; set; } = "";

    /// <summary>What makes it unique in the installation.</summary>
    public string NormalizedName { get; set; } = "";

    public string? PasswordHash { get; set; }

    /// <summary>Changes with the password.</summary>
    public string SecurityStamp { get; set; } = "";

    public DateTimeOffset? LockoutEnd { get; set; }

    public bool LockoutEnabled { get; set; }

    public int AccessFailedCount { get; set; }

    /// <summary>May run the installation.</summary>
    public bool IsOperator { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}
