using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Recount.Primitives;

namespace Recount.Access;

/// <summary>Accounts, users, apps with their keys, tokens, and who may do what.</summary>
public static class AccessModule
{
    private const string AnyScheme = "recount";
    private const int PasswordIterations = 210_000;

    /// <summary>Needs <see cref="DataDirectory"/>, <see cref="IFileSystem"/> and the database.</summary>
    public static IServiceCollection AddAccess(this IServiceCollection services)
    {
        services.AddRecountOptions<AccessOptions>("Access");
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<KeySnapshotCache>();
        services.AddSingleton<IHealthPart>(provider => provider.GetRequiredService<KeySnapshotCache>());
        services.AddSingleton<KeySnapshotFile>();
        services.AddSingleton<KeySnapshotStore>();
        services.AddSingleton<KeySnapshotWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<KeySnapshotWorker>());
        services.AddSingleton<AccountStore>();
        services.AddSingleton<AppStore>();
        services.AddSingleton<RecoveredAccounts>();
        services.AddSingleton<AppRegistry>();
        services.AddSingleton<TokenStore>();
        services.AddSingleton<SignInStore>();
        services.AddSingleton<AuditStore>();
        services.AddSingleton<FirstRun>();
        services.AddSingleton<LoginThrottle>();
        services.AddScoped<LoginService>();
        AddIdentity(services);
        AddAuthentication(services);
        AddDataProtection(services);
        return services;
    }

    public static void MapAccess(this IEndpointRouteBuilder routes) => AccessEndpoints.Map(routes);

    private static void AddIdentity(IServiceCollection services)
    {
        services.AddIdentityCore<AppUser>().AddUserStore<UserStore>();
        services.AddOptions<IdentityOptions>().Configure<IOptions<AccessOptions>>((identity, options) =>
        {
            identity.User.AllowedUserNameCharacters = "";
            identity.Lockout.MaxFailedAccessAttempts = options.Value.LockoutAttempts;
            identity.Lockout.DefaultLockoutTimeSpan = options.Value.LockoutPeriod;

            // Length is what makes a password strong; rules about its characters make it predictable.
            identity.Password.RequiredLength = options.Value.PasswordLength;
            identity.Password.RequireDigit = false;
            identity.Password.RequireLowercase = false;
            identity.Password.RequireUppercase = false;
            identity.Password.RequireNonAlphanumeric = false;
        });

        // OWASP's number for PBKDF2 with SHA-512.
        services.Configure<PasswordHasherOptions>(options => options.IterationCount = PasswordIterations);
    }

    private static void AddAuthentication(IServiceCollection services)
    {
        services.AddAuthentication()
            .AddPolicyScheme(AnyScheme, null, any => any.ForwardDefaultSelector = context =>
                TokenAuthentication.Applies(context) ? TokenAuthentication.Scheme
                : context.IsCli() ? SocketAuthentication.Scheme
                : SignInCookie.Scheme)
            .AddCookie(SignInCookie.Scheme)
            .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.Scheme, null)
            .AddScheme<AuthenticationSchemeOptions, SocketAuthentication>(SocketAuthentication.Scheme, null);
        services.AddOptions<CookieAuthenticationOptions>(SignInCookie.Scheme)
            .Configure<IOptions<AccessOptions>>((cookie, options) => SignInCookie.Configure(cookie, options.Value));
        services.AddAuthorization(options => AccessPolicies.Add(options, AnyScheme));
        services.AddAntiforgery(antiforgery =>
        {
            antiforgery.Cookie.Name = "recount-form";
            antiforgery.Cookie.HttpOnly = true;
            antiforgery.Cookie.SameSite = Microsoft.AspNetCore.Http.SameSiteMode.Strict;
            antiforgery.Cookie.SecurePolicy = Microsoft.AspNetCore.Http.CookieSecurePolicy.SameAsRequest;
        });
    }

    private static void AddDataProtection(IServiceCollection services)
    {
        // It warns at each first start that the keys are not encrypted: the directory is the owner's alone (0700), and a
        // key beside it would protect nothing.
        services.AddLogging(logging => logging.AddFilter(typeof(XmlKeyManager).FullName, LogLevel.Error));
        services.AddDataProtection().SetApplicationName("recount");
        services.AddOptions<KeyManagementOptions>().Configure<IFileSystem, DataDirectory>(
            (keys, files, data) => keys.XmlRepository = new DurableKeyRepository(files, data));
    }
}
