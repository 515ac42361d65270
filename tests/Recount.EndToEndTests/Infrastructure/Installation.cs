using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Recount.FaultTests.Infrastructure;
using Recount.Tests.Infrastructure;

namespace Recount.EndToEndTests.Infrastructure;

/// <summary>
/// A server of its own with the demo shop, and a browser beside it. As a class fixture it is shared by the tests of a
/// class; a test that stops, kills or damages it starts its own.
/// </summary>
public class Installation : IAsyncLifetime, IAsyncDisposable
{
    public const string OwnerName = "ada";
    public const string OwnerPassword = "kettle crane teapot";

    private static readonly string[] ChromiumArguments =
    [
        "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    private static readonly Regex FirstRunLink = new(@"Choose a name and a password at (http\S+)");
    private readonly TemporaryDirectory directory = new();
    private IPlaywright playwright = null!;
    private IBrowserContext? owner;

    public IBrowser Browser { get; private set; } = null!;

    public ServerProcess Server { get; private set; } = null!;

    public string Data => directory["data"];

    /// <summary>Where the app is.</summary>
    public Uri Address => Server.Address;

    /// <summary>A place for files of a test.</summary>
    public string FilesFor(string name) => Directory.CreateDirectory(directory[name]).FullName;

    /// <summary>Short times, so that what takes minutes for people takes seconds here.</summary>
    protected virtual IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>
    {
        ["RECOUNT__Recordings__EndedQuietPeriod"] = "00:00:00.500",
        ["RECOUNT__Recordings__QuietPeriod"] = "00:00:08",
        ["RECOUNT__Recordings__SealInterval"] = "00:00:00.200",
        ["RECOUNT__Recordings__ConservationInterval"] = "00:00:00.200",
        ["RECOUNT__Recordings__LiveWindow"] = "00:00:02",
        ["RECOUNT__Demo__SlowAnswer"] = "00:00:00.200",
    };

    public static async Task<Installation> StartAsync()
    {
        var installation = new Installation();
        await installation.InitializeAsync();
        return installation;
    }

    public async Task InitializeAsync()
    {
        Server = await StartServerAsync(0);
        playwright = await Playwright.CreateAsync();
        Browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = ChromiumArguments });
    }

    /// <summary>Ends the server with SIGKILL.</summary>
    public Task KillServerAsync() => Server.KillAsync();

    /// <summary>Starts the server on the same data and port, where browsers still look for it.</summary>
    public async Task StartServerAgainAsync()
    {
        var port = Server.Address.Port;
        await Server.DisposeAsync();
        Server = await StartServerAsync(port);
    }

    /// <summary>A browser of its own for a visitor: no cookies, no storage.</summary>
    public Task<IBrowserContext> NewContextAsync(BrowserNewContextOptions? options = null) => Browser.NewContextAsync(options);

    /// <summary>A page that is signed in as the owner; the first one becomes the owner.</summary>
    public async Task<IPage> NewOwnerPageAsync()
    {
        if (owner is null)
        {
            owner = await NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } });
            await BecomeOwnerAsync(owner);
        }

        return await owner.NewPageAsync();
    }

    /// <summary>Opens the link that the first start prints, and fills in its form.</summary>
    public async Task BecomeOwnerAsync(IBrowserContext context)
    {
        string? link = null;
        await Eventually.TrueAsync(
            () => (link = FirstRunLink.Match(Server.Output).Groups[1].Value).Length > 0, () => $"No link: {Server.Output}");
        var page = await context.NewPageAsync();
        await page.GotoAsync(link!);
        await page.FillAsync("#name", OwnerName);
        await page.FillAsync("#password", OwnerPassword);
        await page.ClickAsync("button[type=submit]");
        await page.WaitForURLAsync(url => !url.Contains("first-run", StringComparison.Ordinal));
        await page.CloseAsync();
    }

    /// <summary>For a server that has lost its users: becomes the owner once more.</summary>
    public async Task BecomeOwnerAgainAsync()
    {
        owner = await NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } });
        await BecomeOwnerAsync(owner);
    }

    /// <summary>An answer of the API, asked with the rights of the command line.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        using var client = Server.CreateCliClient();
        using var response = await client.GetAsync(path);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {body}");
        return JsonDocument.Parse(body).RootElement;
    }

    public async Task<JsonElement> SessionAsync(Guid session) => await GetAsync($"/api/v1/sessions/{session}");

    /// <summary>A session's entries as the API gives them, in play order.</summary>
    public async Task<IReadOnlyList<JsonElement>> EntriesAsync(Guid session)
    {
        using var client = Server.CreateCliClient();
        var text = await client.GetStringAsync($"/api/v1/sessions/{session}/events");
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line, new() { MaxDepth = 512 }).RootElement)];
    }

    /// <summary>Waits until a session is known.</summary>
    public Task ListedAsync(Guid session) => Eventually.TrueAsync(
        async () => (await GetAsync("/api/v1/sessions")).GetProperty("items").EnumerateArray()
            .Any(item => item.GetProperty("session").GetGuid() == session),
        () => $"Session {session} is not listed: {Server.Output}");

    /// <summary>Waits until nothing of a session is left to be sealed.</summary>
    public async Task SealedAsync(Guid session, int pages)
    {
        await ListedAsync(session);
        var last = default(JsonElement);
        await Eventually.TrueAsync(
            async () =>
            {
                last = await SessionAsync(session);
                var known = last.GetProperty("pages").EnumerateArray().ToList();
                return last.GetProperty("state").GetString() == "sealed" && known.Count == pages
                    && known.TrueForAll(page => page.GetProperty("pending_chunks").GetInt32() == 0);
            },
            () => $"Not sealed: {last}\n{Server.Output}");
    }

    async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        if (Browser is not null)
        {
            await Browser.CloseAsync();
        }

        playwright?.Dispose();
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }

        directory.Dispose();
        GC.SuppressFinalize(this);
    }

    private Task<ServerProcess> StartServerAsync(int port) =>
        ServerProcess.StartAsync(new ServerStart { Data = Data, Port = port, Environment = Environment, Demo = true });
}
