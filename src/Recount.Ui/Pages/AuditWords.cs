namespace Recount.Ui.Pages;

/// <summary>Audit entries in plain words.</summary>
internal static class AuditWords
{
    private static readonly Dictionary<string, string> Actions = new()
    {
        ["account.created"] = "Account created",
        ["account.restored"] = "Account restored from the saved keys",
        ["app.created"] = "App created",
        ["app.changed"] = "App settings changed",
        ["key.rotated"] = "Capture key rotated",
        ["owner.created"] = "Owner created by the first-run link",
        ["token.created"] = "Token created",
        ["token.revoked"] = "Token revoked",
        ["user.password_changed"] = "Password changed",
        ["user.signed_in"] = "Signed in",
    };

    /// <summary>An action of another capability is shown as it is written.</summary>
    public static string Say(string action) => Actions.GetValueOrDefault(action, action);

    public static string Who(string actor) => actor switch
    {
        "cli" => "command line",
        "system" => "Recount itself",
        _ when actor.StartsWith("user:", StringComparison.Ordinal) => actor["user:".Length..],
        _ when actor.StartsWith("token:", StringComparison.Ordinal) => $"token {actor["token:".Length..]}",
        _ => actor,
    };
}
