namespace Recount.Access;

/// <summary>Roles as they are written in the database, the API and on the command line.</summary>
public static class Roles
{
    /// <summary>All of them, the least first.</summary>
    public static IReadOnlyList<string> All { get; } = ["viewer", "member", "admin", "owner"];

    public static string ToText(AccountRole role) => All[(int)role];

    /// <returns>Null when the text is no role.</returns>
    public static AccountRole? Parse(string? text)
    {
        for (var role = 0; role < All.Count; role++)
        {
            if (All[role] == text)
            {
                return (AccountRole)role;
            }
        }

        return null;
    }
}
