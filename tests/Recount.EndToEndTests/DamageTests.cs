using Npgsql;
using Recount.EndToEndTests.Infrastructure;
using Recount.Tests.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace Recount.EndToEndTests;

/// <summary>What cannot be played is told where it is, in words, and reported; the rest plays.</summary>
public sealed class DamageTests(Installation installation) : IClassFixture<Installation>
{
    [Fact]
    public async Task A_sealed_part_that_was_deleted_is_said_to_be_missing() =>
        await TellsAsync(File.Delete, "This part is missing from storage", "object_missing");

    [Fact]
    public async Task A_sealed_part_with_a_flipped_byte_is_said_not_to_match() =>
        await TellsAsync(
            file =>
            {
                var content = File.ReadAllBytes(file);
                content[content.Length / 4] ^= 1;
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                File.WriteAllBytes(file, content);
            },
            "This part",
            "hash_mismatch",
            "damaged");

    [Fact]
    public async Task A_chunk_that_never_arrived_is_a_gap_and_the_page_goes_on_behind_it()
    {
        await using var visitor = await Visitor.EnterAsync(installation);
        await visitor.OpenAsync("guide.html");
        var lost = new TaskCompletionSource();
        await visitor.Context.RouteAsync("**/capture/v1/*/*/*/*", async route =>
        {
            // Told that it was taken, the page does not send it again.
            var parts = new Uri(route.Request.Url).AbsolutePath.Split('/');
            if (lost.Task.IsCompleted)
            {
                await route.ContinueAsync();
                return;
            }

            var body = route.Request.PostDataBuffer!;
            await route.FulfillAsync(new()
            {
                Status = 202,
                ContentType = "application/json",
                Body = $$"""{"session":"{{parts[4]}}","page":"{{parts[5]}}","seq":{{parts[6]}},"sha256":"","bytes":{{body.Length}}}""",
            });
            lost.TrySetResult();
        });
        await visitor.Page.ClickAsync("[data-recipe=green-tea]");
        await lost.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await visitor.Page.ClickAsync("[data-recipe=cold-brew]");
        await visitor.FollowAsync(".brand");
        await visitor.Page.WaitForSelectorAsync(".card-picture");
        var home = await visitor.LookAsync();
        await visitor.LeaveAsync();
        await installation.SealedAsync(visitor.Session, 3);

        var viewer = await Viewer.OpenAsync(installation, visitor.Session);
        var gap = Assert.Single((await viewer.ManifestAsync()).GetProperty("pages")[1].GetProperty("gaps").EnumerateArray());
        Assert.Equal("not_received", gap.GetProperty("cause").GetString());
        await Expect(viewer.Page.Locator(".rp-gap").First).ToBeVisibleAsync();
        await viewer.SeekToAsync(home);
        await viewer.ShowsAsync(home);
    }

    [Fact]
    public async Task An_export_without_one_of_its_parts_holds_the_others_and_says_so()
    {
        await using var visitor = await Visitor.EnterAsync(installation);
        await visitor.OpenAsync("guide.html");
        await visitor.LeaveAsync();
        await installation.SealedAsync(visitor.Session, 2);
        File.Delete(Directory.GetFiles(
            Path.Combine(installation.Data, "recordings"), "*", SearchOption.AllDirectories)
            .First(file => file.Contains($"/{visitor.Session}/", StringComparison.Ordinal)));

        var exported = await Cli.RunAsync(
            installation, "sessions", "export", $"{visitor.Session}", "--out", installation.FilesFor("damaged"), "--json");

        Assert.Equal(1, exported.ExitCode);
        Assert.True(File.Exists(Assert.Single(exported.Json.GetProperty("files").EnumerateArray()).GetString()));
        Assert.True(exported.Json.GetProperty("unreadable_chunks").GetInt32() > 0);
    }

    private async Task TellsAsync(Action<string> harm, string words, params string[] causes)
    {
        await using var visitor = await Visitor.EnterAsync(installation);
        await visitor.OpenAsync("guide.html");
        var guide = await visitor.LookAsync();
        await visitor.FollowAsync(".brand");
        await visitor.Page.WaitForSelectorAsync(".card-picture");
        var home = await visitor.LookAsync();
        await visitor.LeaveAsync();
        await installation.SealedAsync(visitor.Session, 3);

        harm(Assert.Single(Directory.GetFiles(
            Path.Combine(installation.Data, "recordings"), "*", SearchOption.AllDirectories), file =>
            file.Contains($"/{guide.Page}/", StringComparison.Ordinal)));

        var viewer = await Viewer.OpenAsync(installation, visitor.Session);
        await viewer.SeekToAsync(guide);
        await Expect(viewer.Page.Locator(".rp-card")).ToContainTextAsync(words);
        await Expect(viewer.Page.Locator(".rp-gap").First).ToBeVisibleAsync();
        await viewer.SeekToAsync(home);
        await viewer.ShowsAsync(home);
        await Expect(viewer.Page.Locator(".rp-card")).ToBeHiddenAsync();
        IReadOnlyList<string> reported = [];
        await Eventually.TrueAsync(
            async () => (reported = await ReportedAsync(guide.Page)).Count > 0, () => "Nothing was reported.");
        Assert.All(reported, cause => Assert.Contains(cause, causes));
    }

    private async Task<IReadOnlyList<string>> ReportedAsync(Guid page)
    {
        await using var connection = await StoredRows.OpenAsync(installation);
        await using var command = new NpgsqlCommand("SELECT cause FROM recount.replay_report WHERE page = $1", connection)
        {
            Parameters = { new() { Value = page } },
        };
        await using var reader = await command.ExecuteReaderAsync();
        var causes = new List<string>();
        while (await reader.ReadAsync())
        {
            causes.Add(reader.GetString(0));
        }

        return causes;
    }
}
