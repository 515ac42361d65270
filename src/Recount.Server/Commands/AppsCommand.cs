using System.CommandLine;
using System.Globalization;

namespace Recount.Server.Commands;

/// <summary><c>recount apps</c>: web sites that record here, and their capture keys.</summary>
internal static class AppsCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "The app's name." };

    private static readonly Argument<string> App = new("APP") { Description = "The app's name or id." };

    private static readonly Option<string[]> Origins = new("--origin")
    {
        Description = "An origin that may send, as browsers write it; give it again for another. None allows all.",
        HelpName = "ORIGIN",
    };

    private static readonly Option<string> Overlap = new("--overlap")
    {
        Description = "How long the old key is still taken: 30m, 24h, 7d.",
        HelpName = "TIME",
        DefaultValueFactory = _ => "24h",
    };

    public static Command Create()
    {
        var create = new Command("create", "Make an app and its capture key.") { Name, Origins };
        create.SetApiAction(CreateAsync);
        var list = new Command("list", "List the apps.");
        list.SetApiAction(ListAsync);
        var rotate = new Command("rotate", "Give an app a new capture key.") { App, Overlap };
        rotate.SetApiAction(RotateAsync);
        return new Command("apps", "Make apps, list them, rotate their keys.") { create, list, rotate };
    }

    private static async Task<int> CreateAsync(
        ApiClient api, CommandOutput output, ParseResult parsed, CancellationToken token)
    {
        var body = new { Name = parsed.GetValue(Name), Origins = parsed.GetValue(Origins) ?? [] };
        var created = await api.PostAsync<CreatedApp>("/api/v1/apps", body, token).ConfigureAwait(false);
        output.Write(created, () =>
        {
            output.Line($"{created.Name} has the capture key {created.Key}");
            output.Line($"What to paste into its pages: /apps/{created.App} in Recount.");
        });
        return 0;
    }

    private static async Task<int> ListAsync(
        ApiClient api, CommandOutput output, ParseResult parsed, CancellationToken token)
    {
        var apps = await api.GetAsync<AppList>("/api/v1/apps", token).ConfigureAwait(false);
        output.Write(apps, () => output.Table(
            ["app", "name", "key", "state"],
            apps.Items.Select(app => new[] { app.App.ToString(), app.Name, app.Key, app.Paused ? "paused" : "" })));
        return 0;
    }

    private static async Task<int> RotateAsync(
        ApiClient api, CommandOutput output, ParseResult parsed, CancellationToken token)
    {
        var overlap = Duration(parsed.GetValue(Overlap)!);
        var wanted = parsed.GetValue(App)!;
        var apps = await api.GetAsync<AppList>("/api/v1/apps", token).ConfigureAwait(false);
        var app = apps.Items.FirstOrDefault(item =>
                string.Equals(item.Name, wanted, StringComparison.OrdinalIgnoreCase) || item.App.ToString() == wanted)
            ?? throw new CommandException($"There is no app '{wanted}'; recount apps list shows those there are.");
        var rotated = await api.PostAsync<RotatedKey>(
            $"/api/v1/apps/{app.App}/rotate", new { OverlapMs = overlap.TotalMilliseconds }, token).ConfigureAwait(false);
        output.Write(rotated, () =>
        {
            output.Line($"{app.Name} has the new capture key {rotated.Key}");
            output.Line($"The old one is taken for {parsed.GetValue(Overlap)} more: replace it in your pages until then.");
        });
        return 0;
    }

    /// <exception cref="CommandException">The text is no time.</exception>
    private static TimeSpan Duration(string text)
    {
        var unit = text.Length > 1 ? text[^1] : '\0';
        var isNumber = double.TryParse(
            text.AsSpan(0, Math.Max(0, text.Length - 1)), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count);
        return (isNumber && count < 1_000_000, unit) switch
        {
            (true, 's') => TimeSpan.FromSeconds(count),
            (true, 'm') => TimeSpan.FromMinutes(count),
            (true, 'h') => TimeSpan.FromHours(count),
            (true, 'd') => TimeSpan.FromDays(count),
            _ => throw new CommandException($"'{text}' is no time; write for example 30m, 24h or 7d."),
        };
    }

    private sealed record CreatedApp(Guid Account, Guid App, string Name, string Key);

    private sealed record AppList(IReadOnlyList<AppItem> Items);

    private sealed record AppItem(
        Guid App, string Name, string Key, bool Paused, IReadOnlyList<string> Origins, DateTimeOffset CreatedAt);

    private sealed record RotatedKey(Guid Account, Guid App, string Key);
}
