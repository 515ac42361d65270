using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Recount.Server.Commands;

/// <summary>
/// <c>recount conservation</c>: where the chunks went that were accepted, what became of the sessions, and what the SDKs
/// counted. Exit code 0 only when nothing that was accepted is missing.
/// </summary>
internal static class ConservationCommand
{
    private static readonly string[] Chunks =
        ["accepted", "pending", "archived", "duplicate", "quarantined", "erased", "difference"];

    private static readonly string[] Sessions = ["seen", "archived", "pending", "quarantined", "difference"];

    private static readonly string[] Entries = ["pages", "captured", "arrived", "pending", "difference"];

    public static Command Create()
    {
        var command = new Command("conservation", "Show that nothing disappeared, by hour of the last day.");
        command.SetApiAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ApiClient api, CommandOutput output, ParseResult parsed, CancellationToken token)
    {
        var rows = (await api.GetAsync<JsonElement>("/api/v1/conservation", token).ConfigureAwait(false))
            .EnumerateArray().ToList();
        var missing = await MissingAsync(api, parsed, token).ConfigureAwait(false);
        output.Write(rows, () => Show(output, rows));
        foreach (var key in missing)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync($"{key} is missing.").ConfigureAwait(false);
        }

        var holds = missing.Count == 0
            && rows.TrueForAll(row => Count(row, "difference") == 0 && Count(row.GetProperty("sessions"), "difference") == 0);
        return holds ? 0 : 1;
    }

    /// <summary>Only an operator may ask; a token of an account sees its own hours alone.</summary>
    private static async Task<List<string>> MissingAsync(ApiClient api, ParseResult parsed, CancellationToken token)
    {
        if (parsed.GetValue(CliOptions.Server) is not null)
        {
            return [];
        }

        var found = await api.GetAsync<JsonElement>("/api/v1/conservation/objects", token).ConfigureAwait(false);
        return
        [
            .. found.GetProperty("items").EnumerateArray()
                .Where(item => item.GetProperty("state").GetString() == "missing")
                .Select(item => item.GetProperty("key").GetString()!),
        ];
    }

    private static void Show(CommandOutput output, List<JsonElement> rows)
    {
        Table(output, "chunks", Chunks, rows, row => row, _ => "");
        Table(output, "sessions", Sessions, rows, row => row.GetProperty("sessions"), _ => "");
        Table(output, "entries, by the SDKs' count", Entries, rows, row => row.GetProperty("sdk"), GivenUp);
        foreach (var session in rows.SelectMany(row => row.GetProperty("sessions").GetProperty("missing").EnumerateArray()))
        {
            output.Line($"session {session} was seen and is nowhere.");
        }

        foreach (var page in rows.SelectMany(row => row.GetProperty("sdk").GetProperty("differing").EnumerateArray()))
        {
            output.Line($"page {page.GetProperty("page")} of session {page.GetProperty("session")}: "
                + $"{Number(page, "difference")} entries differ ({page.GetProperty("cause")}).");
        }
    }

    private static void Table(
        CommandOutput output,
        string title,
        string[] columns,
        List<JsonElement> rows,
        Func<JsonElement, JsonElement> part,
        Func<JsonElement, string> last)
    {
        output.Line(title);
        output.Table(
            ["hour", .. columns, ""],
            rows.Select(row => new[]
            {
                row.GetProperty("hour").GetDateTimeOffset().ToString("u", CultureInfo.InvariantCulture),
            }.Concat(columns.Select(column => Number(part(row), column))).Append(last(part(row))).ToArray()));
        output.Line("");
    }

    private static string GivenUp(JsonElement sdk) => string.Join(
        ", ", sdk.GetProperty("dropped").EnumerateObject().Select(reason => $"{reason.Value} {reason.Name}"));

    private static long Count(JsonElement row, string name) => row.GetProperty(name).GetInt64();

    private static string Number(JsonElement row, string name) => Count(row, name).ToString("N0", CultureInfo.InvariantCulture);
}
