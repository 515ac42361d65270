using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using Recount.Access;
using Recount.Primitives;

namespace Recount.Server.Hosting;

/// <summary>Says on standard output where the app is, once every part of it is ready.</summary>
internal sealed class ReadyAnnouncer(
    IServer server,
    IHostApplicationLifetime lifetime,
    IEnumerable<IHealthPart> parts,
    Site site,
    FirstRun firstRun,
    ProcessRoles roles,
    IOptions<ServerOptions> options,
    TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan RemindAfter = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await AnnounceAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped before everything was ready.
        }
    }

    private async Task AnnounceAsync(CancellationToken stoppingToken)
    {
        await ListeningAsync(stoppingToken).ConfigureAwait(false);
        site.ListenAt(Address());
        var began = time.GetTimestamp();
        using var timer = new PeriodicTimer(Period, time);
        while (Health.Of(parts) is { Status: not "ready" } health)
        {
            if (time.GetElapsedTime(began) > RemindAfter)
            {
                began = time.GetTimestamp();
                var missing = health.Parts.Where(part => !part.Ready)
                    .Select(part => $"{part.Name}: {part.Detail ?? part.State}");
                Console.Out.WriteLine($"Not ready yet at {site.Address.OriginalString} ({string.Join("; ", missing)})");
            }

            await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false);
        }

        Console.Out.WriteLine($"Recount is ready at {site.Address.OriginalString}");
        if (roles.Has(ProcessRoles.App) && await firstRun.LinkAsync(stoppingToken).ConfigureAwait(false) is { } link)
        {
            Console.Out.WriteLine($"It has no owner yet. Choose a name and a password at {link}");
        }
    }

    private async Task ListeningAsync(CancellationToken token)
    {
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = lifetime.ApplicationStarted.Register(listening.SetResult);
        await listening.Task.WaitAsync(token).ConfigureAwait(false);
    }

    private Uri Address()
    {
        if (options.Value.PublicUrl is { } url)
        {
            return new Uri(url);
        }

        var bound = server.Features.Get<IServerAddressesFeature>()!.Addresses
            .Select(address => BindingAddress.Parse(address))
            .First(address => !address.IsUnixPipe);
        return new Uri($"{bound.Scheme}://localhost:{bound.Port}");
    }
}
