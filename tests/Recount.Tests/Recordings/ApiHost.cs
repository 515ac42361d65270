using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Recount.Access;
using Recount.Server.Hosting;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Recordings;

/// <summary>The app's endpoints on an archive of the test's; nothing works in the background.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly HttpClient http;

    private ApiHost(Archive archive, WebApplication app)
    {
        Archive = archive;
        this.app = app;
        var address = app.Urls.First(url => !url.Contains("unix:", StringComparison.Ordinal));
        http = new HttpClient { BaseAddress = new Uri($"http://localhost:{new Uri(address).Port}") };
    }

    public Archive Archive { get; }

    public static async Task<ApiHost> StartAsync(PostgresFixture postgres)
    {
        var archive = await Archive.CreateAsync(postgres);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Server:Port"] = "0",
            ["Server:Demo"] = "false",
            ["Server:Roles"] = "app",
            ["Database:ConnectionString"] = archive.Connections.Runtime,
            ["Database:OwnerConnectionString"] = archive.Connections.Owner,
            ["Logging:LogLevel:Default"] = "Warning",
        }).Build();
        var app = RecountHost.Build(archive.Data, archive.Files, configuration);
        await app.StartAsync();
        await app.Services.GetRequiredService<KeySnapshotWorker>().WaitUntilPreparedAsync(CancellationToken.None);
        await archive.TamperAsync(
            "INSERT INTO recount.account VALUES (@Account, 'shop', '2030-01-01')", new { archive.Account });
        return new ApiHost(archive, app);
    }

    public async Task<string> TokenAsync(Guid account, AccountRole role = AccountRole.Viewer) =>
        await app.Services.GetRequiredService<TokenStore>().CreateAsync(
            AccountAccess.System(account), $"{role} {Guid.NewGuid()}", role, CancellationToken.None);

    /// <summary>Somebody else's account.</summary>
    public async Task<Guid> OtherAccountAsync()
    {
        var account = Guid.NewGuid();
        await Archive.TamperAsync("INSERT INTO recount.account VALUES (@account, 'other', '2030-01-01')", new { account });
        return account;
    }

    public async Task<HttpResponseMessage> GetAsync(string path, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await http.SendAsync(request);
    }

    public async Task<string> TextAsync(string path, string? token)
    {
        using var answer = await GetAsync(path, token);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{(int)answer.StatusCode} {text}");
        return text;
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        Archive.Dispose();
    }
}
