using System.Net;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Recount.Access;
using Recount.Capture.Intake;
using Recount.Database;
using Recount.ObjectStore.Directory;
using Recount.Primitives;
using Recount.Recordings.Conservation;
using Recount.Tests.Infrastructure;
using Recount.Ui;

namespace Recount.Tests.Access;

/// <summary>Access and the pages behind a real Kestrel, on a database of their own.</summary>
internal sealed class AccessHost : IAsyncDisposable
{
    public const string Password = "correct horse battery";

    private readonly WebApplication app;
    private readonly TemporaryDirectory? owned;
    private readonly DataDirectory data;
    private bool ownsDatabase;

    private AccessHost(WebApplication app, TemporaryDirectory? owned, DataDirectory data, Db db)
    {
        this.app = app;
        this.owned = owned;
        this.data = data;
        Db = db;
        Address = new Uri(app.Urls.First(url => !url.Contains("unix:", StringComparison.Ordinal)));
        Service<Site>().ListenAt(Address);
    }

    public Db Db { get; }

    public Uri Address { get; }

    public string Root => data.Root;

    /// <summary>Where the command line connects.</summary>
    public string Socket => Path.Combine(data.RuntimeDirectory, CliConnection.SocketName);

    /// <param name="db">The database; one that is never ready stands for a stopped one.</param>
    /// <param name="directory">An existing data directory; null for a temporary one.</param>
    /// <param name="time">Null for the system's.</param>
    /// <param name="settings">Configuration beside the defaults.</param>
    public static async Task<AccessHost> StartAsync(
        Db db,
        string? directory = null,
        TimeProvider? time = null,
        params (string Key, string Value)[] settings)
    {
        var owned = directory is null ? new TemporaryDirectory() : null;
        var files = new PosixFileSystem();
        var data = DataDirectory.Open(files, directory ?? owned!["data"]);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(
            settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.ListenUnixSocket(Path.Combine(data.RuntimeDirectory, CliConnection.SocketName));
        });
        builder.Services.AddSingleton<IFileSystem>(files);
        builder.Services.AddSingleton(data);
        builder.Services.AddSingleton(db);
        builder.Services.AddSingleton<IHealthPart>(db);
        builder.Services.AddConservation().AddSingleton(new IntakeReader(new DirectoryObjectStore(files, data.Root)));
        builder.Services.AddProblemDetails();
        builder.Services.AddSingleton(new Site { AppHosts = ["localhost"], ReplayHost = "127.0.0.1" });
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddAccess();
        builder.Services.AddUi();

        // Hashing is made slow on purpose; here only its being there matters.
        builder.Services.PostConfigure<PasswordHasherOptions>(options => options.IterationCount = 1_000);
        var app = builder.Build();
        app.UseUi();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.MapAccess();
        app.MapUi();
        await app.StartAsync();
        return new AccessHost(app, owned, data, db);
    }

    /// <summary>Starts on a new database and waits until it has its account.</summary>
    public static async Task<AccessHost> StartAsync(
        PostgresFixture postgres, TimeProvider? time = null, params (string Key, string Value)[] settings)
    {
        var host = await StartAsync(await postgres.CreateDatabaseAsync(), null, time, settings);
        host.ownsDatabase = true;
        await host.Service<KeySnapshotWorker>().WaitUntilPreparedAsync(CancellationToken.None);
        return host;
    }

    public T Service<T>()
        where T : notnull => app.Services.GetRequiredService<T>();

    /// <summary>The account of the first start, with the rights of the command line.</summary>
    public async Task<AccountAccess> OperatorAsync() => new(
        await Service<AccountStore>().FirstAsync(CancellationToken.None), AccountRole.Owner, true, "cli");

    /// <summary>Another tenant.</summary>
    public async Task<Guid> AddAccountAsync(string name)
    {
        var account = Guid.NewGuid();
        await ExecuteAsync(
            "INSERT INTO recount.account (account, name, created_at) VALUES (@account, @name, @at)",
            new { account, name, at = DateTimeOffset.UnixEpoch.AddYears(60) });
        return account;
    }

    /// <summary>A user of the account who signs in with <see cref="Password"/>.</summary>
    public async Task AddUserAsync(Guid account, string name, AccountRole role, bool isOperator = false)
    {
        using var scope = app.Services.CreateScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        var user = new AppUser
        {
            Name = name, IsOperator = isOperator, LockoutEnabled = true, CreatedAt = DateTimeOffset.UnixEpoch,
        };
        Assert.True((await users.CreateAsync(user, Password)).Succeeded);
        await ExecuteAsync(
            """
            INSERT INTO recount.member (account, user_id, role, created_at) VALUES (@account, @UserId, @role, @CreatedAt)
            """,
            new { account, user.UserId, role = Roles.ToText(role), user.CreatedAt });
    }

    public async Task<Browser> SignInAsync(string name)
    {
        var browser = Browse();
        await browser.SignInAsync(name, Password);
        return browser;
    }

    /// <summary>A browser that nobody signed in with.</summary>
    public Browser Browse() => new(Address);

    public async Task ExecuteAsync(string sql, object parameters)
    {
        await using var connection = await Db.OpenAsync(CancellationToken.None);
        await connection.ExecuteAsync(sql, parameters);
    }

    public async Task<T?> QueryAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = await Db.OpenAsync(CancellationToken.None);
        return await connection.ExecuteScalarAsync<T>(sql, parameters);
    }

    /// <summary>Stops it; a database that the test handed in stays.</summary>
    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        data.Dispose();
        owned?.Dispose();
        if (ownsDatabase)
        {
            await Db.DisposeAsync();
        }
    }
}
