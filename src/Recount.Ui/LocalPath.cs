using Recount.Ui.Layout;

namespace Recount.Ui;

/// <summary>Addresses inside this app that came from outside.</summary>
public static class LocalPath
{
    /// <returns>The path when it stays in this app, else the home page: a link to the sign-in must not lead to another
    /// site afterwards.</returns>
    public static string OrHome(string? path) =>
        path is ['/'] or ['/', not ('/' or '\\'), ..] && !path.Any(char.IsControl) ? path : Navigation.Home;
}
