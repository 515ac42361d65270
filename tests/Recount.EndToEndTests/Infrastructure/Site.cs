using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Recount.EndToEndTests.Infrastructure;

/// <summary>A customer's web site: one page, on an origin of its own, whatever path is asked for.</summary>
internal sealed class Site : IAsyncDisposable
{
    private readonly WebApplication app;

    private Site(WebApplication app) => this.app = app;

    public Uri Address => new(app.Urls.Single());

    public static async Task<Site> StartAsync(string html)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapFallback(() => Results.Content(html, "text/html; charset=utf-8"));
        await app.StartAsync();
        return new Site(app);
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}
