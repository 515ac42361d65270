using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Recount.Access;

/// <summary>
/// The browser's cookie. It holds the sign-in and the security stamp and no right: what somebody may do is asked of
/// the database at each request, so a changed password, role or membership holds at once.
/// </summary>
internal static class SignInCookie
{
    public const string Scheme = "recount-cookie";
    private const string SignIn = "sign_in";
    private const string Stamp = "stamp";

    public static ClaimsPrincipal Principal(Guid signIn, string securityStamp) => new(new ClaimsIdentity(
        [new Claim(SignIn, signIn.ToString()), new Claim(Stamp, securityStamp)], Scheme));

    public static void Configure(CookieAuthenticationOptions cookie, AccessOptions options)
    {
        cookie.Cookie.Name = "recount";
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SameSite = SameSiteMode.Lax;
        cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        cookie.Cookie.IsEssential = true;
        cookie.ExpireTimeSpan = options.SignInLifetime;
        cookie.SlidingExpiration = true;
        cookie.LoginPath = "/login";
        cookie.ReturnUrlParameter = "return";
        cookie.Events.OnValidatePrincipal = ValidateAsync;
        cookie.Events.OnRedirectToLogin = context => ApiProblem.IsForPrograms(context.Request)
            ? ApiProblem.Unauthorized.WriteAsync(context.HttpContext)
            : Redirect(context);
        cookie.Events.OnRedirectToAccessDenied = context =>
        {
            if (ApiProblem.IsForPrograms(context.Request))
            {
                return ApiProblem.Forbidden.WriteAsync(context.HttpContext);
            }

            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        };
    }

    private static Task Redirect(RedirectContext<CookieAuthenticationOptions> context)
    {
        context.Response.Redirect(context.RedirectUri);
        return Task.CompletedTask;
    }

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var store = context.HttpContext.RequestServices.GetRequiredService<SignInStore>();
        var stamp = context.Principal?.FindFirstValue(Stamp);
        if (stamp is not null
            && Guid.TryParse(context.Principal!.FindFirstValue(SignIn), out var signIn)
            && await store.IdentifyAsync(signIn, stamp, context.HttpContext.RequestAborted) is { } access)
        {
            var principal = AccessPrincipal.From(access, Scheme);

            // A renewed cookie is made of this principal, so it keeps what the next request is checked against.
            ((ClaimsIdentity)principal.Identity!).AddClaim(new Claim(Stamp, stamp));
            context.ReplacePrincipal(principal);
            return;
        }

        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(Scheme);
    }
}
