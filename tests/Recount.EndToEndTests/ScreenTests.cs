using Microsoft.Playwright;
using Recount.EndToEndTests.Infrastructure;

namespace Recount.EndToEndTests;

/// <summary>
/// Every screen on a desktop and on a phone, in light and dark, empty, full and broken. With
/// <c>RECOUNT_TEST_SCREENSHOTS</c> set to a directory, the pictures are kept there to be looked at.
/// </summary>
public sealed class ScreenTests
{
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("RECOUNT_TEST_SCREENSHOTS");
    private static readonly string[] EmptyScreens = ["/", "/sessions", "/apps"];
    private static readonly string[] FullScreens = ["/sessions", "/apps", "/apps/new", "/tokens", "/tokens/new", "/health", "/audit"];

    /// <summary>A page without a player, or one whose player shows a picture and its events, or says why not.</summary>
    private const string Drawn =
        """
        () => {
          const player = document.querySelector('.rp');
          const says = document.querySelector('.rp-card');
          return player === null || (player.dataset.status ?? 'waiting') !== 'waiting'
            && (document.querySelector('.rp-line') !== null || says !== null && !says.hidden);
        }
        """;

    private static readonly (string Name, int Width, int Height, ColorScheme Scheme)[] Devices =
    [
        ("desktop-light", 1440, 900, ColorScheme.Light), ("desktop-dark", 1440, 900, ColorScheme.Dark),
        ("phone-light", 375, 740, ColorScheme.Light), ("phone-dark", 375, 740, ColorScheme.Dark),
    ];

    [Fact]
    public async Task Every_screen_fits_its_device_and_throws_nothing()
    {
        await using var installation = await Installation.StartAsync();
        var page = await installation.NewOwnerPageAsync();
        var errors = new List<string>();
        page.PageError += (_, error) => errors.Add($"{page.Url}: {error}");
        foreach (var path in EmptyScreens)
        {
            await LookAsync(installation, page, path, $"empty{path.Replace('/', '-')}");
        }

        var session = await RecordAsync(installation);
        var app = (await installation.GetAsync("/api/v1/apps")).GetProperty("items")[0].GetProperty("app").GetString();
        foreach (var path in (string[])[.. FullScreens, $"/apps/{app}", $"/apps/{app}/settings", $"/apps/{app}/rotate"])
        {
            await LookAsync(installation, page, path, $"full{path.Replace(app!, "app", StringComparison.Ordinal).Replace('/', '-')}");
        }

        await LookAsync(installation, page, $"/sessions/{session}?t=1500", "full-session");
        await LookAsync(installation, page, $"/sessions/{Guid.NewGuid()}", "broken-no-session");
        await LookAsync(installation, page, "/nowhere", "broken-nowhere");
        foreach (var part in Directory.GetFiles(Path.Combine(installation.Data, "recordings"), "*", SearchOption.AllDirectories))
        {
            File.Delete(part);
        }

        await LookAsync(installation, page, $"/sessions/{session}?t=1500", "broken-session");
        await page.Context.ClearCookiesAsync();
        await LookAsync(installation, page, "/login", "login");
        Assert.Empty(errors);
    }

    private static async Task<Guid> RecordAsync(Installation installation)
    {
        await using var visitor = await Visitor.EnterAsync(installation);
        await Tour.WholeShopAsync(visitor);
        await visitor.LeaveAsync();
        await installation.SealedAsync(visitor.Session, visitor.Pages.Count);
        await using var second = await Visitor.EnterAsync(installation);
        await second.LeaveAsync();
        await installation.SealedAsync(second.Session, 1);
        return visitor.Session;
    }

    private static async Task LookAsync(Installation installation, IPage page, string path, string name)
    {
        foreach (var (device, width, height, scheme) in Devices)
        {
            await page.SetViewportSizeAsync(width, height);
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            if (device == Devices[0].Name || Pictures is not null)
            {
                await page.GotoAsync(new Uri(installation.Address, path).ToString());
                await page.WaitForFunctionAsync(Drawn);
            }

            var (content, window) = (await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), width);
            Assert.True(content <= window, $"{path} is {content} px wide on a {device} of {window}");
            if (Pictures is not null)
            {
                await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, $"{name}.{device}.png"), FullPage = true, Animations = ScreenshotAnimations.Disabled });
            }
        }
    }
}
