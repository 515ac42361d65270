using System.CommandLine;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Recount.Server.Commands;

/// <summary><c>recount sessions</c>: list sessions, show one, take recordings out and in as files.</summary>
internal static class SessionsCommand
{
    private static readonly Argument<Guid> Session = new("SESSION") { Description = "The session's id." };

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
        Description = "At most so many sessions (50; 500 at most).",
        HelpName = "N",
        DefaultValueFactory = _ => 50,
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
                ["session", "started", "duration", "pages", "chunks", "gaps", "state"],
                list.GetProperty("items").EnumerateArray().Select(Row));
            if (list.GetProperty("next").GetString() is { } next)
            {
                output.Line($"More: --after {next}");
            }
        });
        return 0;
    }

    private static string[] Row(JsonElement item) =>
    [
        item.GetProperty("session").GetString()!,
        item.GetProperty("started_at").GetDateTimeOffset().ToString("u", CultureInfo.InvariantCulture),
        TimeSpan.FromMilliseconds(item.GetProperty("duration_ms").GetInt64()).ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture),
        item.GetProperty("pages").ToString(),
        item.GetProperty("chunks").ToString(),
        item.GetProperty("gaps").ToString(),
        item.GetProperty("state").GetString()!,
    ];

    private static async Task<int> ShowAsync(ApiClient api, CommandOutput output, ParseResult parsed, CancellationToken token)
    {
        var session = await api
            .GetAsync<JsonElement>($"/api/v1/sessions/{parsed.GetValue(Session)}", token).ConfigureAwait(false);
        output.Write(session, () =>
        {
            foreach (var page in session.GetProperty("pages").EnumerateArray())
            {
                output.Line($"page {page.GetProperty("page")}  {page.GetProperty("url")}");
                output.Line($"  started {page.GetProperty("started_at")} ({page.GetProperty("quality")}), "
                    + $"{page.GetProperty("pending_chunks")} chunks pending");
                foreach (var part in page.GetProperty("parts").EnumerateArray())
                {
                    output.Line($"  part {part.GetProperty("part")}  {part.GetProperty("chunks")} chunks, sealed "
                        + $"{part.GetProperty("sealed_at")}, root {part.GetProperty("root")}");
                }

                foreach (var gap in page.GetProperty("gaps").EnumerateArray())
                {
                    output.Line($"  gap {gap.GetProperty("from_seq")}–{gap.GetProperty("to_seq")}: {gap.GetProperty("cause")}");
                }
            }
        });
        return 0;
    }

    private static async Task<int> ExportAsync(ApiClient api, CommandOutput output, ParseResult parsed, CancellationToken token)
    {
        var session = parsed.GetValue(Session);
        var directory = parsed.GetValue(Out)!;
        Directory.CreateDirectory(directory);
        var exported = parsed.GetValue(Format) == "rec"
            ? await SessionFiles.ExportPartsAsync(api, session, directory, token).ConfigureAwait(false)
            : await SessionFiles.ExportRrwebAsync(api, session, directory, token).ConfigureAwait(false);
        output.Write(exported, () =>
        {
            exported.Files.ToList().ForEach(output.Line);
            if (exported.PendingChunks > 0)
            {
                output.Line($"{exported.PendingChunks} chunks are not sealed yet and are in no part; export again later.");
            }

            if (exported.UnreadableChunks > 0)
            {
                output.Line($"{exported.UnreadableChunks} chunks could not be read and are left out.");
            }
        });
        return exported.UnreadableChunks == 0 ? 0 : 1;
    }

    private static async Task<int> ImportAsync(ApiClient api, CommandOutput output, ParseResult parsed, CancellationToken token)
    {
        var app = await AppIdAsync(api, parsed.GetValue(ImportApp)!, token).ConfigureAwait(false);
        var results = new List<Imported>();
        foreach (var path in parsed.GetValue(Files)!)
        {
            if (!File.Exists(path))
            {
                throw new CommandException($"There is no file '{path}'.");
            }

            var file = File.OpenRead(path);
            await using (file.ConfigureAwait(false))
            {
                using var content = new StreamContent(file);
                content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
                using var response = await api
                    .SendAsync(HttpMethod.Post, $"/api/v1/sessions/import?app={app}", content, token).ConfigureAwait(false);
                var result = await ApiClient.ReadAsync<Imported>(response, token).ConfigureAwait(false);
                results.Add(result with { File = path });
            }
        }

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

    private sealed record Imported(string? File, Guid Session, Guid Page, int Chunks);
}
