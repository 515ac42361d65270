namespace Recount.Ui.Pages.Sessions;

/// <summary>What a person is called on a screen.</summary>
public static class VisitorName
{
    private const int Shown = 8;

    /// <summary>
    /// The customer's own id for the person; a short name instead of the random id that the SDK gives to somebody nobody
    /// has identified, which is too long to tell visitors apart by.
    /// </summary>
    public static string Of(string? person) =>
        string.IsNullOrWhiteSpace(person) ? "Anonymous visitor"
        : Guid.TryParseExact(person, "D", out _) ? $"Visitor {person[..Shown]}"
        : person;
}
