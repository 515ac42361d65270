namespace Recount.Access;

/// <summary>What somebody may do in an account; each role may do what the ones before it may.</summary>
public enum AccountRole
{
    /// <summary>Watches sessions, reads figures.</summary>
    Viewer,

    /// <summary>Saves views, shares, tags.</summary>
    Member,

    /// <summary>Apps, keys, tokens, settings.</summary>
    Admin,

    /// <summary>Members, and everything else in the account.</summary>
    Owner,
}

/// <summary>Who asks, and for which account: the one thing every query and command is given.</summary>
/// <param name="Account">Tenant that the request is about; every query carries it.</param>
/// <param name="Role">Role in that account.</param>
/// <param name="IsOperator">May also run the installation.</param>
/// <param name="Actor">Who, as the audit log names them: <c>user:NAME</c>, <c>token:NAME</c>, <c>cli</c>,
/// <c>system</c>.</param>
/// <param name="SignIn">The browser's sign-in; null for programs.</param>
public sealed record AccountAccess(
    Guid Account, AccountRole Role, bool IsOperator, string Actor, Guid? SignIn = null)
{
    /// <summary>What the installation does by itself.</summary>
    public static AccountAccess System(Guid account) => new(account, AccountRole.Owner, true, "system");
}
