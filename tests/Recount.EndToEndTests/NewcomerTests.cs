using Microsoft.Playwright;
using Recount.EndToEndTests.Infrastructure;
using Recount.Tests.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace Recount.EndToEndTests;

/// <summary>The first ten minutes: from the printed link to one's own visit in the player.</summary>
public sealed class NewcomerTests(NewcomerTests.DefaultInstallation installation) : IClassFixture<NewcomerTests.DefaultInstallation>
{
    /// <summary>As it is delivered: what is watched here has not been sealed yet.</summary>
    public sealed class DefaultInstallation : Installation
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
        await SaysAsync(viewer, "Viewed product", "TypeError", "Searched", "Added to cart", "Ordered");

        await PlaysAsync(viewer);
        var drawn = await bands.CountAsync();
        await visitor.FollowAsync(".brand");
        await Eventually.TrueAsync(async () => await bands.CountAsync() == drawn + 1, () => "The new page is not drawn.");
    }

    private static async Task PlaysAsync(Viewer viewer)
    {
        await viewer.Page.Keyboard.PressAsync("Home");
        await Eventually.TrueAsync(
            async () => (await Outline.OfReplayAsync(await viewer.StageAsync()))
                .Any(line => line.Contains("Good water", StringComparison.Ordinal)),
            () => "The first frame does not appear.");
        await Expect(viewer.Page.Locator(".rp-card")).ToBeHiddenAsync();
        if (await viewer.Page.GetAttributeAsync(".rp", "data-status") != "playing")
        {
            await viewer.Page.ClickAsync(".rp-primary");
        }

        var before = await viewer.PositionAsync();
        await Eventually.TrueAsync(async () => await viewer.PositionAsync() > before + 500, () => "It does not play.");
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
