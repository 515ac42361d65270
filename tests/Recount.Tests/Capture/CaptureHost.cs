using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Recount.Access;
using Recount.Capture;
using Recount.Capture.Intake;
using Recount.ObjectStore.Directory;
using Recount.Primitives;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Capture;

/// <summary>The capture endpoint behind a real Kestrel, with a real intake and no database at all.</summary>
internal sealed class CaptureHost : IAsyncDisposable
{
    public const string GoodKey = "rk_00000000000000000000000000000001";
    public const string UnknownKey = "rk_00000000000000000000000000000002";
    public const string RetiredKey = "rk_00000000000000000000000000000003";
    public const string PausedKey = "rk_00000000000000000000000000000004";
    public const string ScreenedKey = "rk_00000000000000000000000000000005";
    public const string OriginKey = "rk_00000000000000000000000000000006";
    public const string Origin = "https://shop.example";

    private readonly TemporaryDirectory directory;
    private readonly DataDirectory data;
    private readonly WebApplication app;

    private CaptureHost(TemporaryDirectory directory, DataDirectory data, FaultyFileSystem files, WebApplication app)
    {
        this.directory = directory;
        this.data = data;
        Files = files;
        this.app = app;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public FaultyFileSystem Files { get; }

    public HttpClient Client { get; }

    public KeySnapshotCache Keys => app.Services.GetRequiredService<KeySnapshotCache>();

    public IntakeWriter Intake => app.Services.GetRequiredService<IntakeWriter>();

    public HealthState Health => app.Services.GetServices<IHealthPart>().Single(part => part.Name == "capture").Check();

    public static async Task<CaptureHost> StartAsync(params (string Key, string Value)[] settings)
    {
        var directory = new TemporaryDirectory();
        var files = new FaultyFileSystem();
        var data = DataDirectory.Open(files, directory["data"]);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(
            settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton<IFileSystem>(files);
        builder.Services.AddSingleton(data);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddRecountOptions<AccessOptions>("Access");
        builder.Services.AddSingleton<KeySnapshotCache>();
        builder.Services.AddCapture();
        builder.Services.AddCaptureHealth();
        var app = builder.Build();
        app.MapCapture();
        await app.StartAsync();
        var host = new CaptureHost(directory, data, files, app);
        host.Keys.Confirm(Snapshot(), TimeProvider.System.GetTimestamp());
        return host;
    }

    public static KeySnapshot Snapshot() => new(1, Guid.NewGuid(),
    [
        Key(GoodKey),
        Key(RetiredKey) with { RetiresAt = DateTimeOffset.UnixEpoch },
        Key(PausedKey) with { Paused = true },
        Key(ScreenedKey) with { Screened = true },
        Key(OriginKey) with { Origins = [Origin] },
    ]);

    public static string Path(
        string key = GoodKey, string? session = null, string? page = null, string seq = "0", string query = "") =>
        $"/capture/v1/{key}/{session ?? Guid.NewGuid().ToString()}/{page ?? Guid.NewGuid().ToString()}/{seq}{query}";

    public Task<HttpResponseMessage> SendAsync(string path, byte[]? body = null, HttpMethod? method = null) =>
        Client.SendAsync(new HttpRequestMessage(method ?? HttpMethod.Post, path)
        {
            Content = new ByteArrayContent(body ?? "{\"k\":\"click\"}\n"u8.ToArray()),
        });

    /// <summary>Sends bytes as they are.</summary>
    public async Task<Socket> ConnectAsync(string request)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, Client.BaseAddress!.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(request));
        return socket;
    }

    /// <summary>Stops the server and reads every frame that it made durable.</summary>
    public async Task<List<IntakeFrame>> StopAndReadAsync()
    {
        await app.StopAsync();
        Intake.Dispose();
        var reader = new IntakeReader(new DirectoryObjectStore(Files, data.Root));
        var frames = new List<IntakeFrame>();
        foreach (var (node, boot) in await reader.BootsAsync(CancellationToken.None))
        {
            await foreach (var key in reader.ListAsync(node, boot, 0, CancellationToken.None))
            {
                var read = (await reader.ReadAsync(key, ReadFrom.Cache, CancellationToken.None))!;
                Assert.NotNull(read.Footer);
                Assert.Empty(read.Damage);
                frames.AddRange(read.Frames);
            }
        }

        return frames;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
        data.Dispose();
        directory.Dispose();
    }

    private static CaptureKey Key(string key) => new(
        key, Guid.NewGuid(), Guid.NewGuid(), false, null, [], false, AppSettings.Default);
}
