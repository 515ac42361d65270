using Microsoft.Playwright;

namespace Recount.EndToEndTests.Infrastructure;

/// <summary>Ways through the shop.</summary>
internal static class Tour
{
    /// <summary>List, product with its reviews, search, cart with a script error, guide, checkout.</summary>
    public static async Task WholeShopAsync(Visitor visitor)
    {
        var page = visitor.Page;
        await visitor.FollowAsync(".card-picture >> nth=0");
        await BuyAsync(page);
        await SearchAsync(visitor, "mug");
        await visitor.FollowAsync("#cart-link");
        await page.FillAsync("#voucher", "SPRING");
        await page.ClickAsync("#redeem");
        await visitor.FollowAsync("text=Guide >> nth=0");
        await page.ClickAsync("[data-recipe=cold-brew]");
        await page.CheckAsync("[name=step-1]");
        await visitor.OpenAsync("checkout.html");
        await OrderAsync(page);
    }

    /// <summary>On a product's page: a review in its frame, the carrier, the cart.</summary>
    public static async Task BuyAsync(IPage page)
    {
        await page.FrameLocator("iframe.reviews").Locator("button >> nth=0").ClickAsync();
        await page.ClickAsync("#delivery");
        await page.WaitForSelectorAsync(".delivery [role=status]:has-text('days to')");
        await page.FillAsync("#count", "2");
        await page.ClickAsync("#add");
        await page.WaitForSelectorAsync(".toast");
    }

    public static async Task SearchAsync(Visitor visitor, string words)
    {
        await visitor.Page.FillAsync(".header-search input", words);
        await visitor.ThroughAsync(() => visitor.Page.PressAsync(".header-search input", "Enter"));
        await visitor.Page.WaitForSelectorAsync("#results [role=status]");
    }

    /// <summary>Fills in the checkout's form and places the order.</summary>
    public static async Task OrderAsync(IPage page)
    {
        (string Name, string Value)[] fields =
        [
            ("name", "Grace Hopper"), ("email", "grace@navy.example"), ("street", "Harbour Road 7"), ("postcode", "D02"),
            ("town", "Dublin"), ("card", "4111 1111 1111 1111"), ("expires", "12/30"), ("code", "123"), ("note", "Ring twice"),
        ];
        foreach (var (name, value) in fields)
        {
            await page.FillAsync($"[name={name}]", value);
        }

        await page.SelectOptionAsync("[name=country]", "Kenya");
        await page.ClickAsync("#place");
        await page.WaitForSelectorAsync("#thanks");
    }
}
