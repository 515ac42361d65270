using Recount.Ui.Pages.Sessions;

namespace Recount.Tests.Ui;

public sealed class PageNameTests
{
    [Theory]
    [InlineData("Shop", "https://shop.example/", "Shop")]
    [InlineData("5 * hotel", "https://shop.example/", "5 * hotel")]
    [InlineData("** *** ****", "https://shop.example/a?b=***", "shop.example/a?b=***")]
    [InlineData("", "http://127.0.0.1:8080/", "127.0.0.1:8080/")]
    [InlineData(null, "shop.example", "shop.example")]
    [InlineData(" ", " ", "Unknown page")]
    [InlineData(null, null, "Unknown page")]
    public void A_title_that_says_nothing_gives_way_to_the_address(string? title, string? url, string expected) =>
        Assert.Equal(expected, PageName.Of(title, url));
}
