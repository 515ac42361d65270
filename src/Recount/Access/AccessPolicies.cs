using Microsoft.AspNetCore.Authorization;

namespace Recount.Access;

/// <summary>Names of the authorization policies that pages and endpoints ask for.</summary>
public static class AccessPolicies
{
    public const string Viewer = "Viewer";
    public const string Member = "Member";
    public const string Admin = "Admin";
    public const string Owner = "Owner";

    /// <summary>Runs the installation: engines, health, every account's budgets.</summary>
    public const string Operator = "Operator";

    /// <summary>
    /// The policies name the scheme, and there is no default one: an endpoint without a policy (capture, assets, health)
    /// never asks who is there, and so never asks the database.
    /// </summary>
    internal static void Add(AuthorizationOptions options, string scheme)
    {
        foreach (var role in Enum.GetValues<AccountRole>())
        {
            options.AddPolicy(role.ToString(), policy => policy
                .AddAuthenticationSchemes(scheme)
                .RequireAuthenticatedUser()
                .RequireAssertion(context => context.User.FindAccess() is { } access && access.Role >= role));
        }

        options.AddPolicy(Operator, policy => policy
            .AddAuthenticationSchemes(scheme)
            .RequireAuthenticatedUser()
            .RequireAssertion(context => context.User.FindAccess() is { IsOperator: true }));
    }
}
