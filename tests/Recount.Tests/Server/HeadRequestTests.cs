using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Recount.Server.Hosting;

namespace Recount.Tests.Server;

public sealed class HeadRequestTests : IAsyncLifetime
{
    private static readonly HttpClient Http = new();
    private WebApplication app = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.UseRoutingWithHead();
        app.MapGet("/page", () => "content");
        app.MapGet("/health/ready", () => Results.Json(new { Status = "not_ready" }, statusCode: 503)).ShortCircuit();
        app.MapPost("/form", () => "taken");
        await app.StartAsync();
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Theory]
    [InlineData("/page", HttpStatusCode.OK)]
    [InlineData("/health/ready", HttpStatusCode.ServiceUnavailable)]
    [InlineData("/nothing", HttpStatusCode.NotFound)]
    [InlineData("/form", HttpStatusCode.MethodNotAllowed)]
    public async Task HEAD_is_answered_as_GET_without_the_body(string path, HttpStatusCode expected)
    {
        using var asked = await Http.GetAsync(new Uri(app.Urls.Single() + path));
        using var request = new HttpRequestMessage(HttpMethod.Head, app.Urls.Single() + path);

        using var answer = await Http.SendAsync(request);

        Assert.Equal((expected, expected), (asked.StatusCode, answer.StatusCode));
        Assert.Equal(asked.Content.Headers.ContentType, answer.Content.Headers.ContentType);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }
}
