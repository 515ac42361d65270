using System.Text.Json;
using Recount.EndToEndTests.Infrastructure;
using Recount.Tests.Infrastructure;

namespace Recount.EndToEndTests;

/// <summary>The database is lost for good.</summary>
public sealed class RebuildTests
{
    [Fact]
    public async Task After_the_database_was_deleted_and_rebuilt_every_session_plays_as_before()
    {
        await using var installation = await Installation.StartAsync();
        await using var visitor = await Visitor.EnterAsync(installation);
        var list = await visitor.LookAsync();
        await visitor.OpenAsync("guide.html");
        await visitor.Page.ClickAsync("[data-recipe=cold-brew]");
        var guide = await visitor.LookAsync();
        await visitor.LeaveAsync();
        await installation.SealedAsync(visitor.Session, 2);
        var before = await BlocksAsync(await Viewer.OpenAsync(installation, visitor.Session));
        var key = await KeyAsync(installation);

        Assert.Equal(0, await installation.Server.StopAsync());
        Directory.Delete(Path.Combine(installation.Data, "postgres"), recursive: true);
        var rebuilt = await Cli.RunAsync(installation, "doctor", "--rebuild", "--json");
        Assert.True(rebuilt.ExitCode == 0, rebuilt.Output + rebuilt.Errors);
        Assert.Equal(1, rebuilt.Json.GetProperty("rebuild").GetProperty("sessions").GetInt32());
        await installation.StartServerAgainAsync();
        await installation.BecomeOwnerAgainAsync();

        var viewer = await Viewer.OpenAsync(installation, visitor.Session);
        Assert.Equal(before, await BlocksAsync(viewer));
        foreach (var moment in new[] { list, guide })
        {
            await viewer.SeekToAsync(moment);
            await viewer.ShowsAsync(moment);
        }

        Assert.Equal(key, await KeyAsync(installation));
        await using (var next = await Visitor.EnterAsync(installation))
        {
            await next.LeaveAsync();
            await installation.SealedAsync(next.Session, 1);
        }

        await NothingIsMissingAsync(installation);
    }

    private static async Task NothingIsMissingAsync(Installation installation)
    {
        var rows = default(JsonElement);
        await Eventually.TrueAsync(
            async () =>
            {
                rows = await installation.GetAsync("/api/v1/conservation");
                return rows.GetArrayLength() > 0
                    && rows.EnumerateArray().All(row => row.GetProperty("difference").GetInt64() == 0);
            },
            () => $"Conservation does not hold: {rows}");
        var doctor = await Cli.RunAsync(installation, "doctor", "--json");
        Assert.True(doctor.ExitCode == 0, doctor.Output + doctor.Errors);
        Assert.True(doctor.Json.GetProperty("holds").GetBoolean());
    }

    private static async Task<string> KeyAsync(Installation installation) =>
        (await installation.GetAsync("/api/v1/apps")).GetProperty("items")[0].GetProperty("key").GetString()!;

    private static async Task<IReadOnlyList<string>> BlocksAsync(Viewer viewer) =>
        [.. (await viewer.ManifestAsync()).GetProperty("pages").EnumerateArray()
            .SelectMany(page => page.GetProperty("blocks").EnumerateArray(), (page, block) =>
                $"{page.GetProperty("page")}/{block.GetProperty("address")} {block.GetProperty("sha256")}")];
}
