namespace Recount.Access;

/// <summary>Names that people give: of users, apps, tokens.</summary>
public static class Names
{
    /// <summary>What is said of one that is not good.</summary>
    public const string Rule =
        "A name has 1 to 100 characters, does not begin or end with a space and has no control characters.";

    public static bool IsGood(string? name) =>
        name is { Length: >= 1 and <= 100 } && name.Trim() == name && !name.Any(char.IsControl);
}
