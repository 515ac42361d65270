using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Recount.Database;
using Recount.Ui;

namespace Recount.Tests.Ui;

public sealed class FailurePageTests : IAsyncLifetime
{
    private static readonly HttpClient Http = new();
    private WebApplication app = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddUi();
        app = builder.Build();
        app.UseUi();
        app.MapMethods("/apps", ["GET", "POST"], string () => throw new DatabaseUnavailableException("It is away.", null));
        await app.StartAsync();
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task A_page_that_is_not_there_says_what_was_asked_for()
    {
        Assert.Contains("No such session", await TextAsync(HttpMethod.Get, "/sessions/cut-off", HttpStatusCode.NotFound));
        Assert.Contains("There is nothing here", await TextAsync(HttpMethod.Get, "/nothing", HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task A_page_that_waits_for_the_database_asks_again_by_itself_and_a_form_does_not()
    {
        var page = await TextAsync(HttpMethod.Get, "/apps?a=1&b=%3C", HttpStatusCode.ServiceUnavailable);
        var form = await TextAsync(HttpMethod.Post, "/apps", HttpStatusCode.ServiceUnavailable);

        Assert.Contains("http-equiv=\"refresh\"", page);
        Assert.Contains("href=\"/apps?a=1&amp;b=%3C\"", page);
        Assert.DoesNotContain("http-equiv=\"refresh\"", form);
    }

    private async Task<string> TextAsync(HttpMethod method, string path, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(method, app.Urls.Single() + path);
        request.Headers.Accept.ParseAdd("text/html");
        using var answer = await Http.SendAsync(request);
        Assert.Equal(expected, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }
}
