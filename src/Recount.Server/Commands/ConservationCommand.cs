using System.CommandLine;
using System.Globalization;

namespace Recount.Server.Commands;

/// <summary><c>recount conservation</c>: where the chunks went that were accepted. Exit code 0 only when none is missing.</summary>
internal static class ConservationCommand
{
    public static Command Create()
    {
        var command = new Command("conservation", "Show that nothing disappeared, by hour of the last day.");
        command.SetApiAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ApiClient api, CommandOutput output, ParseResult parsed, CancellationToken token)
    {
        var rows = await api.GetAsync<List<Row>>("/api/v1/conservation", token).ConfigureAwait(false);
        output.Write(rows, () => output.Table(
            ["hour", "accepted", "pending", "archived", "duplicate", "quarantined", "erased", "difference"],
            rows.Select(row => new[]
            {
                row.Hour.ToString("u", CultureInfo.InvariantCulture), Number(row.Accepted), Number(row.Pending),
                Number(row.Archived), Number(row.Duplicate), Number(row.Quarantined), Number(row.Erased), Number(row.Difference),
            })));
        return rows.TrueForAll(row => row.Difference == 0) ? 0 : 1;
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private sealed record Row(
        Guid Account, DateTimeOffset Hour, long Accepted, long Pending, long Archived, long Duplicate, long Quarantined,
        long Erased, long Difference);
}
