using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Recount.Tests.Infrastructure;

namespace Recount.EndToEndTests.Infrastructure;

/// <summary>What a visitor saw at one moment of a page.</summary>
/// <param name="Page">The page.</param>
/// <param name="ClockMs">The page's own clock.</param>
/// <param name="Outline">What it showed, masked as it is recorded.</param>
public sealed record Moment(Guid Page, double ClockMs, string[] Outline);

/// <summary>Somebody in front of a browser, on pages that are recorded.</summary>
public sealed partial class Visitor : IAsyncDisposable
{
    /// <summary>Privacy level of the demo shop.</summary>
    private const string ShopLevel = "inputs";

    private readonly Uri shop;
    private readonly ConcurrentDictionary<(Guid Page, int Seq), string> receipts = new();
    private readonly List<Guid> pages = [];
    private Guid session;

    private Visitor(IBrowserContext context, IPage page, Uri shop)
    {
        Context = context;
        Page = page;
        this.shop = shop;
        context.Request += (_, request) => Note(request);
        context.Response += (_, response) => Note(response);
    }

    public IBrowserContext Context { get; }

    public IPage Page { get; }

    /// <summary>The session, once something of it was sent.</summary>
    public Guid Session => session;

    /// <summary>Pages of which something was sent, in the order in which that was seen.</summary>
    public IReadOnlyList<Guid> Pages
    {
        get
        {
            lock (pages)
            {
                return [.. pages];
            }
        }
    }

    /// <summary>Chunks that the server acknowledged, with the hash that it gave in its receipt where that was read.</summary>
    public IReadOnlyCollection<(Guid Page, int Seq)> Receipts => [.. receipts.Keys];

    /// <summary>A new browser profile on the shop's front page.</summary>
    public static async Task<Visitor> EnterAsync(Installation installation)
    {
        var context = await installation.NewContextAsync(new() { ViewportSize = new() { Width = 1200, Height = 800 } });
        var visitor = new Visitor(context, await context.NewPageAsync(), new Uri(installation.Address, "/demo/"));
        await visitor.OpenAsync("index.html");
        await visitor.Page.WaitForSelectorAsync(".card-picture");
        return visitor;
    }

    /// <summary>Somebody on a site that is not the shop.</summary>
    public static async Task<Visitor> VisitAsync(Installation installation, string address)
    {
        var context = await installation.NewContextAsync();
        var visitor = new Visitor(context, await context.NewPageAsync(), new Uri(address));
        await visitor.ThroughAsync(() => visitor.Page.GotoAsync(address));
        return visitor;
    }

    /// <summary>Opens a page of the shop.</summary>
    public Task OpenAsync(string path) => ThroughAsync(() => Page.GotoAsync(new Uri(shop, path).ToString()));

    /// <summary>Clicks on what leads to another document, and waits until that one is recorded.</summary>
    public Task FollowAsync(string selector) => ThroughAsync(() => Page.ClickAsync(selector));

    /// <summary>Does what leads to another document, and waits until something of it was acknowledged.</summary>
    public async Task ThroughAsync(Func<Task> action)
    {
        var before = Pages.Count;
        await action();
        await Eventually.TrueAsync(
            () => Pages.Count > before && receipts.Keys.Any(receipt => receipt.Page == Pages[^1]),
            () => $"{Page.Url} is not recorded: {Pages.Count} pages");
    }

    /// <summary>What is shown now, once everything that was changed has been recorded.</summary>
    public async Task<Moment> LookAsync()
    {
        const string settled = "() => new Promise(done => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))";
        await Page.EvaluateAsync<double>(settled);
        var outline = await Outline.OfOriginalAsync(Page, ShopLevel);
        return new Moment(Pages[^1], await Page.EvaluateAsync<double>(settled), outline);
    }

    /// <summary>
    /// Leaves once everything up to here was acknowledged, as by closing the tab. What a browser still sends while its
    /// page goes away is its best effort, and no test of what is stored may rest on it.
    /// </summary>
    public async Task LeaveAsync()
    {
        var before = receipts.Count;
        await Page.EvaluateAsync("Recount.track('Leaving')");
        await Eventually.TrueAsync(() => receipts.Count > before, () => "What was done last is not acknowledged.");
        await Page.GotoAsync("about:blank");
        await Page.CloseAsync(new() { RunBeforeUnload = true });
    }

    public async ValueTask DisposeAsync() => await Context.CloseAsync();

    private void Note(IRequest request)
    {
        if (request.Method == "POST" && Address().Match(request.Url) is { Success: true } match)
        {
            lock (pages)
            {
                session = Guid.Parse(match.Groups[1].Value);
                var page = Guid.Parse(match.Groups[2].Value);
                if (!pages.Contains(page))
                {
                    pages.Add(page);
                }
            }
        }
    }

    private void Note(IResponse response)
    {
        if (response.Status == 202 && Address().Match(response.Url) is { Success: true } match)
        {
            var seq = int.Parse(match.Groups[3].Value, System.Globalization.CultureInfo.InvariantCulture);
            receipts[(Guid.Parse(match.Groups[2].Value), seq)] = response.Url;
        }
    }

    [GeneratedRegex(@"/capture/v1/rk_[0-9a-z]+/([0-9a-f-]{36})/([0-9a-f-]{36})/(\d+)")]
    private static partial Regex Address();
}
