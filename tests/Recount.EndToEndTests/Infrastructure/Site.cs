using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Recount.EndToEndTests.Infrastructure;

/// <summary>A customer's web site: one page, on an origin of its own, whatever path is asked for.</summary>
internal sealed class Site : IAsyncDisposable
{
    private readonly WebApplication app;

    private readonly ConcurrentQueue<string> requests = new();

    private Site(WebApplication app) => this.app = app;

    /// <summary>Paths that somebody asked for.</summary>
    public IReadOnlyCollection<string> Requests => requests;

    public Uri Address => new(app.Urls.Single());

    public static async Task<Site> StartAsync(string html)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var site = new Site(app);
        app.MapFallback(context =>
        {
            site.requests.Enqueue(context.Request.Path);
            return Results.Content(html, "text/html; charset=utf-8").ExecuteAsync(context);
        });
        await app.StartAsync();
        return site;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}
