using Recount.Primitives;
using Recount.Server.Hosting;

namespace Recount.Server.Commands;

/// <summary>A server that a verb starts for itself because none runs on the data directory.</summary>
internal sealed class OfflineServer : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);
    private readonly DataDirectory data;
    private readonly WebApplication app;

    private OfflineServer(DataDirectory data, WebApplication app)
    {
        this.data = data;
        this.app = app;
    }

    /// <exception cref="IOException">Another process has the data directory.</exception>
    /// <exception cref="CommandException">There is nothing in it.</exception>
    public static Task<OfflineServer> StartAsync(string directory, CancellationToken token) =>
        Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any()
            ? StartInAsync(directory, token)

            // Started there, a new installation would be made, of which everything holds.
            : throw new CommandException(
                $"There is no installation in '{Path.GetFullPath(directory)}'. Name its directory with --data.");

    private static async Task<OfflineServer> StartInAsync(string directory, CancellationToken token)
    {
        // A free port nobody was told: the verb speaks through the socket.
        var flags = new Dictionary<string, string?> { ["Server:Port"] = "0", ["Server:Demo"] = "false" };
        var files = new PosixFileSystem();
        var configuration = RecountHost.Configure(directory, flags);
        var data = DataDirectory.Open(files, directory, configuration["Server:RuntimeDirectory"]);
        var app = RecountHost.Build(data, files, configuration, announces: false);
        var server = new OfflineServer(data, app);
        try
        {
            await app.StartAsync(token).ConfigureAwait(false);
            await ReadyAsync(app, token).ConfigureAwait(false);
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task ReadyAsync(WebApplication app, CancellationToken token)
    {
        using var timer = new PeriodicTimer(Period);
        while (Health.Of(app.Services.GetServices<IHealthPart>()).Status != "ready")
        {
            await timer.WaitForNextTickAsync(token).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync().ConfigureAwait(false);
        await app.DisposeAsync().ConfigureAwait(false);
        data.Dispose();
    }
}
