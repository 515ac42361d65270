using Microsoft.Playwright;
using Recount.EndToEndTests.Infrastructure;
using Recount.Tests.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace Recount.EndToEndTests;

/// <summary>The first ten minutes: from the printed link to one's own visit in the player.</summary>
public sealed class NewcomerTests(NewcomerTests.LiveInstallation installation) : IClassFixture<NewcomerTests.LiveInstallation>
{
    /// <summary>Nothing is sealed here while a test looks: what is watched comes from the intake.</summary>
    public sealed class LiveInstallation : Installation
    {
        protected override IReadOnlyDictionary<string, string> Environment { get; } =
            new Dictionary<string, string> { ["RECOUNT__Demo__SlowAnswer"] = "00:00:00.200" };
    }

    [Fact]
    public async Task Somebody_new_becomes_the_owner_visits_the_shop_and_watches_the_visit_seconds_later()
    {
        var page = await installation.NewOwnerPageAsync();
        await page.GotoAsync(new Uri(installation.Address, "/sessions").ToString());
        var shop = await page.RunAndWaitForPopupAsync(() => page.ClickAsync("text=Open the demo shop"));
        await Expect(shop.Locator("h1")).ToContainTextAsync("Good water");
        await shop.CloseAsync();

        await using var visitor = await Visitor.EnterAsync(installation);
        await Tour.WholeShopAsync(visitor);

        await ListedAsync(page, visitor.Session);
        await Expect(page.Locator($"a[href='/sessions/{visitor.Session}']").Locator("xpath=ancestor::tr")).ToContainTextAsync("Live");
        await page.ClickAsync($"a[href='/sessions/{visitor.Session}']");
        await page.WaitForSelectorAsync(".rp[data-status]:not([data-status=waiting])");

        await Expect(page.Locator(".rp-live")).ToBeVisibleAsync();
        var bands = page.Locator(".rp-band");
        await Eventually.TrueAsync(async () => await bands.CountAsync() >= visitor.Pages.Count, () => "Pages are missing");
        await Expect(bands.Nth(0)).ToContainTextAsync("Kettle & Crane");
        var viewer = new Viewer(installation, page, visitor.Session);
        await SaysAsync(viewer, "Stag", "TypeError", "Searched", "Added to cart", "Ordered");
    }

    [Fact]
    public async Task A_session_plays_from_its_first_frame_while_it_goes_on()
    {
        await using var visitor = await Visitor.EnterAsync(installation);
        await visitor.FollowAsync(".card-picture >> nth=0");
        await installation.ListedAsync(visitor.Session);

        var viewer = await Viewer.OpenAsync(installation, visitor.Session);

        await Expect(viewer.Page.Locator(".rp-card")).ToBeHiddenAsync();
        Assert.Contains(await Outline.OfReplayAsync(await viewer.StageAsync()), line => line.Contains("Kettle", StringComparison.Ordinal));
        var before = await viewer.PositionAsync();
        await viewer.Page.Keyboard.PressAsync("Space");
        await Eventually.TrueAsync(async () => await viewer.PositionAsync() > before + 500, () => "It does not play.");

        await visitor.FollowAsync(".brand");
        await Eventually.TrueAsync(
            async () => await viewer.Page.Locator(".rp-band").CountAsync() == 3, () => "The new page is not drawn.");
    }

    private static async Task ListedAsync(IPage page, Guid session) => await Eventually.TrueAsync(
        async () =>
        {
            await page.ReloadAsync();
            return await page.Locator($"a[href='/sessions/{session}']").CountAsync() == 1;
        },
        () => "The visit is not in the list.");

    private static async Task SaysAsync(Viewer viewer, params string[] words)
    {
        IReadOnlyList<string> lines = [];
        await Eventually.TrueAsync(
            async () =>
            {
                lines = await viewer.EventsAsync();
                return words.All(word => lines.Any(line => line.Contains(word, StringComparison.Ordinal)));
            },
            () => $"Events: {string.Join(" | ", lines)}",
            TimeSpan.FromSeconds(30));
    }
}
