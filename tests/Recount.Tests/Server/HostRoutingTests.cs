using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Recount.Primitives;
using Recount.Server.Hosting;

namespace Recount.Tests.Server;

public sealed class HostRoutingTests : IAsyncLifetime
{
    private static readonly HttpClient Http = new();
    private WebApplication app = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(new Site { AppHosts = ["localhost", "app.example"], ReplayHost = "127.0.0.1" });
        app = builder.Build();
        app.UseRouting();
        app.UseMiddleware<HostRouting>();
        app.MapGet("/app", () => "app");
        app.MapGet("/stage", () => "stage").WithMetadata(ReplayHostOnly.Instance);
        app.MapGet("/health", () => "health").ShortCircuit();
        await app.StartAsync();
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Theory]
    [InlineData("localhost", "/app", HttpStatusCode.OK)]
    [InlineData("LOCALHOST:5080", "/app", HttpStatusCode.OK)]
    [InlineData("app.example", "/app", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", "/app", HttpStatusCode.NotFound)]
    [InlineData("127.0.0.1:5080", "/stage", HttpStatusCode.OK)]
    [InlineData("localhost", "/stage", HttpStatusCode.NotFound)]
    [InlineData("localhost", "/nothing", HttpStatusCode.NotFound)]
    [InlineData("127.0.0.1", "/nothing", HttpStatusCode.NotFound)]
    [InlineData("evil.example", "/app", HttpStatusCode.MisdirectedRequest)]
    [InlineData("evil.example", "/stage", HttpStatusCode.MisdirectedRequest)]
    [InlineData("localhost.evil.example", "/app", HttpStatusCode.MisdirectedRequest)]
    [InlineData("127.0.0.1.evil.example", "/stage", HttpStatusCode.MisdirectedRequest)]
    [InlineData("evil.example", "/nothing", HttpStatusCode.MisdirectedRequest)]
    [InlineData("evil.example", "/health", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", "/health", HttpStatusCode.OK)]
    public async Task A_host_serves_what_is_its_own_and_nothing_else(string host, string path, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, app.Urls.Single() + path);
        request.Headers.Host = host;

        using var response = await Http.SendAsync(request);

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task A_host_with_a_port_beyond_all_ports_is_not_served()
    {
        var context = new DefaultHttpContext();
        context.Request.Host = new HostString("localhost", 65_536);
        var routing = new HostRouting(
            _ => throw new InvalidOperationException("It was served."), app.Services.GetRequiredService<Site>());

        await routing.InvokeAsync(context);

        Assert.Equal(StatusCodes.Status421MisdirectedRequest, context.Response.StatusCode);
    }
}
