using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Recount.Access;
using Recount.Database;
using Recount.Primitives;
using Recount.Replay;
using Recount.Server.Hosting;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Replay;

/// <summary>The whole server on a database of its own, with an app that records and somebody who watches.</summary>
public sealed class WatchedServer : IAsyncLifetime, IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly HttpClient http = new(new SocketsHttpHandler { UseCookies = false });
    private DataDirectory data = null!;
    private WebApplication app = null!;
    private string key = "";
    private string apiToken = "";

    public Uri Address { get; private set; } = null!;

    /// <summary>Who watches.</summary>
    internal AccountAccess Access { get; private set; } = null!;

    public string Recordings => Path.Combine(data.Root, "recordings");

    public T Service<T>()
        where T : notnull => app.Services.GetRequiredService<T>();

    public async Task InitializeAsync()
    {
        var connections = await new PostgresFixture().CreateConnectionsAsync();
        var files = new PosixFileSystem();
        data = DataDirectory.Open(files, directory["data"]);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Server:Port"] = "0",
            ["Server:Demo"] = "false",
            ["Database:ConnectionString"] = connections.Runtime,
            ["Database:OwnerConnectionString"] = connections.Owner,
            ["Recordings:QuietPeriod"] = "00:00:00.500",
            ["Recordings:EndedQuietPeriod"] = "00:00:00.100",
            ["Replay:ReportsPerSession"] = "3",
            ["Logging:LogLevel:Default"] = "Warning",
        }).Build();
        app = RecountHost.Build(data, files, configuration);
        await app.StartAsync();
        Address = new Uri(app.Urls.First(url => url.StartsWith("http:", StringComparison.Ordinal) && !url.Contains("unix:", StringComparison.Ordinal)));
        await Service<KeySnapshotWorker>().WaitUntilPreparedAsync(CancellationToken.None);
        await AddPeopleAsync();
    }

    public async Task DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        data.Dispose();
    }

    public void Dispose()
    {
        http.Dispose();
        directory.Dispose();
    }

    /// <summary>Sends a chunk as a browser would.</summary>
    public async Task CaptureAsync(Guid session, Guid page, int seq, string body, string query = "")
    {
        using var response = await SendAsync(
            HttpMethod.Post, "localhost", $"/capture/v1/{key}/{session}/{page}/{seq}{query}", null,
            new StringContent(body, Encoding.UTF8, "text/plain"));
        Assert.Equal(202, (int)response.StatusCode);
    }

    /// <summary>The session's manifest, once it is as wanted.</summary>
    public async Task<JsonElement> ManifestAsync(Guid session, Func<JsonElement, bool> wanted)
    {
        JsonElement manifest = default;
        await Eventually.TrueAsync(
            async () =>
            {
                using var response = await SendAsync(
                    HttpMethod.Get, "localhost", $"/api/v1/sessions/{session}/manifest", apiToken);
                if (!response.IsSuccessStatusCode)
                {
                    return false;
                }

                manifest = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
                return wanted(manifest);
            },
            () => $"The manifest is {manifest}.");
        return manifest;
    }

    /// <summary>Asks the replay host with a stage token.</summary>
    public Task<HttpResponseMessage> StageAsync(string? token, string path, HttpContent? body = null, bool brotli = false) =>
        SendAsync(body is null ? HttpMethod.Get : HttpMethod.Post, "127.0.0.1", path, token, body, brotli);

    /// <summary>A stage token of <see cref="Access"/>.</summary>
    public string TokenFor(Guid session) => Service<StageTokens>().Create(Access, session)!;

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string host, string path, string? bearer = null, HttpContent? body = null, bool brotli = false)
    {
        using var request = new HttpRequestMessage(method, new Uri(Address, path)) { Content = body };
        request.Headers.Host = $"{host}:{Address.Port}";
        if (bearer is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        }

        if (brotli)
        {
            request.Headers.AcceptEncoding.ParseAdd("br");
        }

        return await http.SendAsync(request);
    }

    /// <summary>A further sign-in of the person who watches.</summary>
    internal async Task<AccountAccess> SignInAsync()
    {
        using var scope = app.Services.CreateScope();
        var user = await scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>().FindByNameAsync("ada");
        return Access with { SignIn = await Service<SignInStore>().BeginAsync(user!, CancellationToken.None) };
    }

    private async Task AddPeopleAsync()
    {
        var account = await Service<AccountStore>().FirstAsync(CancellationToken.None);
        var system = AccountAccess.System(account);
        key = (await Service<AppRegistry>().CreateAsync(system, "Shop", [], CancellationToken.None))!.Key!;
        apiToken = await Service<TokenStore>().CreateAsync(system, "tests", AccountRole.Viewer, CancellationToken.None);
        var user = new AppUser { Name = "ada", LockoutEnabled = true, CreatedAt = DateTimeOffset.UnixEpoch };
        using var scope = app.Services.CreateScope();
        Assert.True((await scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>()
            .CreateAsync(user, "correct horse battery")).Succeeded);
        await using var connection = await Service<Db>().OpenAsync(CancellationToken.None);
        await connection.ExecuteAsync(
            "INSERT INTO recount.member (account, user_id, role, created_at) VALUES (@account, @UserId, 'viewer', @CreatedAt)",
            new { account, user.UserId, user.CreatedAt });
        Access = new AccountAccess(account, AccountRole.Viewer, false, "user:ada");
        Access = await SignInAsync();
    }
}
