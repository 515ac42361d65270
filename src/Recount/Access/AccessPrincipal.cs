using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace Recount.Access;

/// <summary>Carries an <see cref="AccountAccess"/> in a <see cref="ClaimsPrincipal"/> and reads it back.</summary>
public static class AccessPrincipal
{
    private const string Account = "account";
    private const string Role = "role";
    private const string Operator = "operator";
    private const string SignIn = "sign_in";

    /// <returns>Null for somebody who is not signed in, or is no member of any account.</returns>
    public static AccountAccess? FindAccess(this ClaimsPrincipal principal)
    {
        if (principal.Identity is not { IsAuthenticated: true }
            || !Guid.TryParse(principal.FindFirstValue(Account), out var account)
            || !Enum.TryParse<AccountRole>(principal.FindFirstValue(Role), out var role))
        {
            return null;
        }

        return new AccountAccess(
            account,
            role,
            principal.HasClaim(Operator, "true"),
            principal.FindFirstValue(ClaimTypes.Name) ?? "",
            Guid.TryParse(principal.FindFirstValue(SignIn), out var signIn) ? signIn : null);
    }

    /// <summary>Who asks, on a page or endpoint that has a policy.</summary>
    /// <exception cref="InvalidOperationException">The page or endpoint lets anybody in.</exception>
    public static AccountAccess GetAccess(this HttpContext context) =>
        context.User.FindAccess()
        ?? throw new InvalidOperationException(
            $"{context.Request.Path} asks who is there and has no policy; add one of AccessPolicies.");

    internal static ClaimsPrincipal From(AccountAccess access, string scheme)
    {
        var identity = new ClaimsIdentity(scheme, ClaimTypes.Name, Role);
        identity.AddClaim(new Claim(ClaimTypes.Name, access.Actor));
        identity.AddClaim(new Claim(Account, access.Account.ToString()));
        identity.AddClaim(new Claim(Role, access.Role.ToString()));
        if (access.IsOperator)
        {
            identity.AddClaim(new Claim(Operator, "true"));
        }

        if (access.SignIn is { } signIn)
        {
            identity.AddClaim(new Claim(SignIn, signIn.ToString()));
        }

        return new ClaimsPrincipal(identity);
    }
}
