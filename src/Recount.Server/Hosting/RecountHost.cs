using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using Recount.Database;
using Recount.Primitives;
using Recount.Server.Engines;

namespace Recount.Server.Hosting;

/// <summary>Builds the server from a data directory and its configuration.</summary>
internal static class RecountHost
{
    /// <summary>Prefix of environment variables: <c>RECOUNT__Server__Port</c> is <c>Server:Port</c>.</summary>
    public const string EnvironmentPrefix = "RECOUNT__";

    /// <param name="data">The data directory, held open by the caller until the server has stopped.</param>
    /// <param name="files">The file system.</param>
    /// <param name="configuration">See <see cref="Configure"/>.</param>
    /// <param name="announces">Whether it says on standard output that it is ready.</param>
    public static WebApplication Build(
        DataDirectory data, IFileSystem files, IConfiguration configuration, bool announces = true)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            ApplicationName = typeof(RecountHost).Assembly.GetName().Name,
        });
        builder.Configuration.AddConfiguration(configuration);
        Log(builder);
        AddFoundations(builder.Services, data, files);
        var settings = Settings(configuration);
        var roles = ProcessRoles.Parse(settings.Roles);
        builder.Services.AddSingleton(new Site
        {
            AppHosts = settings.EffectiveAppHosts,
            ReplayHost = settings.ReplayHost,
            Demo = settings.Demo,
        });
        AddEngine(builder.Services, configuration);
        Modules.Add(builder.Services, roles);
        if (announces)
        {
            builder.Services.AddHostedService<ReadyAnnouncer>();
        }

        Listeners.Configure(builder, settings, data);

        var app = builder.Build();
        if (settings.TrustedProxies.Count > 0)
        {
            app.UseForwardedHeaders();
        }

        app.UseExceptionHandler();
        app.UseRoutingWithHead();
        app.UseMiddleware<HostRouting>();
        Modules.Use(app);
        MapOperation(app);
        Modules.Map(app, roles);
        return app;
    }

    /// <summary>What the process says of itself, whatever its roles are.</summary>
    private static void MapOperation(WebApplication app)
    {
        app.MapHealth();
        app.MapMetrics();
        app.MapApiDescription();
    }

    /// <summary>
    /// Later ones win: <c>appsettings.json</c> beside the program, the one in the data directory, environment, flags.
    /// </summary>
    /// <exception cref="FormatException">A section is none of ours.</exception>
    public static IConfiguration Configure(string dataDirectory, IEnumerable<KeyValuePair<string, string?>> flags)
    {
        var configuration = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
            .AddJsonFile(Path.Combine(Path.GetFullPath(dataDirectory), "appsettings.json"), optional: true)
            .AddEnvironmentVariables(EnvironmentPrefix)
            .AddInMemoryCollection(flags)
            .Build();
        var unknown = configuration.GetChildren().FirstOrDefault(
            section => !Modules.Sections.Contains(section.Key, StringComparer.OrdinalIgnoreCase));
        return unknown is null
            ? configuration
            : throw new FormatException(
                $"{unknown.Key} ({EnvironmentPrefix}{unknown.Key}) is no section of the configuration; sections are "
                + $"{string.Join(", ", Modules.Sections)}.");
    }

    /// <exception cref="OptionsValidationException">A value is out of its range; the message names the key.</exception>
    private static ServerOptions Settings(IConfiguration configuration)
    {
        var services = new ServiceCollection();
        services.AddSingleton(configuration);
        services.AddRecountOptions<ServerOptions>("Server");
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<ServerOptions>>().Value;
    }

    private static void AddFoundations(IServiceCollection services, DataDirectory data, IFileSystem files)
    {
        services.AddSingleton(data);
        services.AddSingleton(files);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<MetricsCollector>();
        services.AddRecountOptions<ServerOptions>("Server");
        services.AddRoutingCore();
        services.AddProblemDetails();
        services.AddApiDescription();
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = ApiJson.Options.PropertyNamingPolicy;
            json.SerializerOptions.DictionaryKeyPolicy = ApiJson.Options.DictionaryKeyPolicy;
        });
        services.AddOptions<HostOptions>().Configure<IOptions<ServerOptions>>((host, options) =>
        {
            host.ShutdownTimeout = options.Value.StopTimeout;
            host.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.StopHost;
        });
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<ServerOptions>>(TrustProxies);
    }

    private static void TrustProxies(ForwardedHeadersOptions forwarded, IOptions<ServerOptions> options)
    {
        forwarded.ForwardedHeaders = ForwardedHeaders.All & ~ForwardedHeaders.XForwardedPrefix;
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var proxy in options.Value.TrustedProxies)
        {
            if (IPAddress.TryParse(proxy, out var address))
            {
                forwarded.KnownProxies.Add(address);
            }
            else
            {
                forwarded.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
            }
        }
    }

    // First of the hosted services, so it is the last to stop: what others still write finds their database.
    private static void AddEngine(IServiceCollection services, IConfiguration configuration)
    {
        if (!string.IsNullOrWhiteSpace(configuration["Database:ConnectionString"]))
        {
            services.AddSingleton<IDatabaseEngine>(provider =>
            {
                var options = provider.GetRequiredService<IOptions<DatabaseOptions>>().Value;
                return new ExternalDatabase(
                    new DatabaseConnections(options.OwnerConnectionString!, options.ConnectionString!));
            });
            return;
        }

        services.AddSingleton<EmbeddedPostgres>();
        services.AddSingleton<IDatabaseEngine>(provider => provider.GetRequiredService<EmbeddedPostgres>());
        services.AddSingleton<IHealthPart>(provider => provider.GetRequiredService<EmbeddedPostgres>());
        services.AddHostedService(provider => provider.GetRequiredService<EmbeddedPostgres>());
    }

    // Standard output is for what a person waits for, the ready line; the log goes to standard error.
    private static void Log(WebApplicationBuilder builder)
    {
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);

        // What keeps the server from starting is said once, in a sentence, by the command.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ssZ ";
        });
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
