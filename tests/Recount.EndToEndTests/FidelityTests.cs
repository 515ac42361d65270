using Recount.EndToEndTests.Infrastructure;

namespace Recount.EndToEndTests;

/// <summary>What is replayed is what was shown.</summary>
public sealed class FidelityTests(Installation installation) : IClassFixture<Installation>
{
    [Fact]
    public async Task The_replay_equals_the_original_at_five_times_live_and_sealed_forwards_and_backwards()
    {
        await using var visitor = await Visitor.EnterAsync(installation);
        var moments = await LookAroundAsync(visitor);
        await installation.ListedAsync(visitor.Session);

        var viewer = await Viewer.OpenAsync(installation, visitor.Session);
        await ShowsAllAsync(viewer, moments.Take(4));

        await visitor.LeaveAsync();
        await installation.SealedAsync(visitor.Session, visitor.Pages.Count);
        await viewer.OpenAtAsync(0);
        await ShowsAllAsync(viewer, moments);
        await ShowsAllAsync(viewer, moments.Reverse());
        foreach (var moment in moments)
        {
            await viewer.OpenAtAsync(await viewer.TimeOfAsync(moment));
            await viewer.ShowsAsync(moment);
        }

        Assert.Equal(
            Enumerable.Repeat("parts/", (await BlocksAsync(viewer)).Count),
            (await BlocksAsync(viewer)).Select(address => address[..6]));
    }

    private static async Task<IReadOnlyList<Moment>> LookAroundAsync(Visitor visitor)
    {
        var page = visitor.Page;
        await page.ClickAsync(".chip >> nth=1");
        var list = await visitor.LookAsync();
        await visitor.FollowAsync(".card-picture >> nth=0");
        await Tour.BuyAsync(page);
        await page.WaitForSelectorAsync(".toast", new() { State = Microsoft.Playwright.WaitForSelectorState.Detached });
        var product = await visitor.LookAsync();
        await Tour.SearchAsync(visitor, "mug");
        await page.FillAsync("#query", "tea");
        var search = await visitor.LookAsync();
        await visitor.FollowAsync("text=Guide >> nth=0");
        await page.ClickAsync("[data-recipe=masala-chai]");
        await page.CheckAsync("[name=step-0]");
        var guide = await visitor.LookAsync();
        await visitor.OpenAsync("checkout.html");
        await page.FillAsync("[name=name]", "Grace Hopper");
        await page.ClickAsync("#place");
        var checkout = await visitor.LookAsync();
        return [list, product, search, guide, checkout];
    }

    private static async Task ShowsAllAsync(Viewer viewer, IEnumerable<Moment> moments)
    {
        foreach (var moment in moments)
        {
            await viewer.SeekToAsync(moment);
            await viewer.ShowsAsync(moment);
        }
    }

    private static async Task<IReadOnlyList<string>> BlocksAsync(Viewer viewer) =>
        [.. (await viewer.ManifestAsync()).GetProperty("pages").EnumerateArray()
            .SelectMany(page => page.GetProperty("blocks").EnumerateArray())
            .Select(block => block.GetProperty("address").GetString()!)];
}
