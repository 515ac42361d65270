using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Recount.Server.Commands;

/// <summary><c>recount sessions</c>: list sessions, show one, take recordings out and in as files.</summary>
internal static class SessionsCommand
{
    private const int MaxLimit = 500;

    private static readonly Argument<Guid> Session = CliOptions.Id("SESSION", "The session's id.", "sessions list");

    private static readonly Argument<string[]> Files = new("FILE")
    {
        Description = "Sealed parts (.rec) or JSON arrays of rrweb events.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string?> App = new("--app") { Description = "The app's name or id.", HelpName = "APP" };

    private static readonly Option<string> ImportApp = new("--app")
    {
        Description = "The app that the recordings are imported for, by name or id.",
        HelpName = "APP",
        Required = true,
    };

    private static readonly Option<int> Limit = new("--limit")
    {
        Description = "At most so many sessions; 1 to 500.",
        HelpName = "N",
        DefaultValueFactory = _ => 50,
        Validators =
        {
            result =>
            {
                if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out var limit) && limit is < 1 or > MaxLimit)
                {
                    result.AddError($"--limit is a number from 1 to {MaxLimit}.");
                }
            },
        },
    };

    private static readonly Option<string?> After = new("--after")
    {
        Description = "Go on behind this cursor, the 'next' of the list before.",
        HelpName = "CURSOR",
    };

    private static readonly Option<string> Format = new("--format")
    {
        Description = "rec: the sealed parts as they are stored. json: an array of rrweb events for each page.",
        HelpName = "rec|json",
        DefaultValueFactory = _ => "rec",
    };

    private static readonly Option<string> Out = new("--out")
    {
        Description = "Directory for the files (the working directory).",
        HelpName = "DIR",
        DefaultValueFactory = _ => ".",
    };

    public static Command Create()
    {
        var list = new Command("list", "List sessions, the newest first.") { App, Limit, After };
        list.SetApiAction(ListAsync);
        var show = new Command("show", "Show a session's pages, parts and gaps.") { Session };
        show.SetApiAction(ShowAsync);
        var export = new Command("export", "Write a session to files.") { Session, Format, Out };
        Format.AcceptOnlyFromAmong("rec", "json");
        export.SetApiAction(ExportAsync);
        var import = new Command("import", "Import recordings from files.") { Files, ImportApp };
        import.SetApiAction(ImportAsync);
        return new Command("sessions", "List sessions, show, export and import them.") { list, show, export, import };
    }

    private static async Task<int> ListAsync(ApiClient api, CommandOutput output, ParseResult parsed, CancellationToken token)
    {
        var app = parsed.GetValue(App) is { } name ? await AppIdAsync(api, name, token).ConfigureAwait(false) : (Guid?)null;
        var after = parsed.GetValue(After) is { } cursor ? $"&after={Uri.EscapeDataString(cursor)}" : "";
        var path = string.Create(
            CultureInfo.InvariantCulture, $"/api/v1/sessions?limit={parsed.GetValue(Limit)}{(app is null ? "" : $"&app={app}")}{after}");
        var list = await api.GetAsync<JsonElement>(path, token).ConfigureAwait(false);
        output.Write(list, () =>
        {
            output.Table(
                ["session", "started", "duration", "pages", "gaps", "state", "person"],
                list.GetProperty("items").EnumerateArray().Select(Row));
            if (list.GetProperty("next").GetString() is { } next)
            {
                output.Line($"More: --after {next}");
            }

            if (list.GetProperty("items").GetArrayLength() == 0)
            {
                output.Line("No sessions. ./start serves a demo shop at /demo/; a visit there is listed within seconds.");
            }
        });
        return 0;
    }

    private static string[] Row(JsonElement item) =>
    [
        item.GetProperty("session").GetString()!,
        SessionText.Moment(item, "started_at"),
        SessionText.Duration(item),
        item.GetProperty("pages").ToString(),
        item.GetProperty("gaps").ToString(),
        item.GetProperty("state").GetString()!,
        item.GetProperty("person").GetString() ?? "",
    ];

    private static async Task<int> ShowAsync(ApiClient api, CommandOutput output, ParseResult parsed, CancellationToken token)
    {
        var session = await api
            .GetAsync<JsonElement>($"/api/v1/sessions/{parsed.GetValue(Session)}", token).ConfigureAwait(false);
        output.Write(session, () => SessionText.Write(output, session));
        return 0;
    }

    private static async Task<int> ExportAsync(ApiClient api, CommandOutput output, ParseResult parsed, CancellationToken token)
    {
        var session = parsed.GetValue(Session);
        var directory = parsed.GetValue(Out)!;
        Directory.CreateDirectory(directory);
        var exported = parsed.GetValue(Format) == "rec"
            ? await SessionFiles.ExportPartsAsync(api, output, session, directory, token).ConfigureAwait(false)
            : await SessionFiles.ExportRrwebAsync(api, output, session, directory, token).ConfigureAwait(false);
        output.Write(exported, () =>
        {
            exported.Files.ToList().ForEach(output.Line);
            if (exported.PendingChunks > 0)
            {
                output.Line($"{SessionText.Count(exported.PendingChunks, "chunk is", "chunks are")} not sealed yet and in no part; export again later.");
            }

            if (exported.UnreadableChunks > 0)
            {
                output.Line($"{SessionText.Count(exported.UnreadableChunks, "chunk", "chunks")} could not be read; what is there is written.");
            }
        });
        return exported.UnreadableChunks == 0 ? 0 : 1;
    }

    private static async Task<int> ImportAsync(ApiClient api, CommandOutput output, ParseResult parsed, CancellationToken token)
    {
        var app = await AppIdAsync(api, parsed.GetValue(ImportApp)!, token).ConfigureAwait(false);
        var results = await SessionImport.ImportAsync(api, output, app, parsed.GetValue(Files)!, token).ConfigureAwait(false);
        output.Write(results, () => output.Table(
            ["file", "session", "chunks"],
            results.Select(result => new[]
            {
                result.File!, result.Session.ToString(), result.Chunks.ToString(CultureInfo.InvariantCulture),
            })));
        return 0;
    }

    private static async Task<Guid> AppIdAsync(ApiClient api, string wanted, CancellationToken token)
    {
        var apps = await api.GetAsync<JsonElement>("/api/v1/apps", token).ConfigureAwait(false);
        foreach (var app in apps.GetProperty("items").EnumerateArray())
        {
            if (string.Equals(app.GetProperty("name").GetString(), wanted, StringComparison.OrdinalIgnoreCase)
                || app.GetProperty("app").GetString() == wanted)
            {
                return app.GetProperty("app").GetGuid();
            }
        }

        throw new CommandException($"There is no app '{wanted}'; recount apps list shows those there are.");
    }
}
