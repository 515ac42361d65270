using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Recount.Access;

/// <summary>Apps, keys and tokens under <c>/api/v1</c>.</summary>
internal static class AccessEndpoints
{
    private static readonly TimeSpan LongestOverlap = TimeSpan.FromDays(90);

    private static readonly ApiProblem BadName = new(400, "name_malformed", Names.Rule);
    private static readonly ApiProblem BadOrigin = new(400, "origin_malformed", Origins.Rule);
    private static readonly ApiProblem NameTaken = new(409, "name_taken", "The account has an app of that name.");

    private static readonly ApiProblem BadOverlap = new(
        400, "overlap_out_of_range", "The overlap is 0 to 7,776,000,000 ms (90 days).");

    private static readonly ApiProblem BadRole = new(400, "role_unknown", "A role is viewer, member, admin or owner.");

    private static readonly ApiProblem RoleAbove = new(
        403, "role_above_own", "A token cannot have a role above your own.");

    private static readonly ApiProblem NotKnownYet = new(
        503, "keys_not_current", "The change was made, but this node's capture endpoint does not know it yet.");

    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1").RefuseCrossSite();
        api.MapGet("/apps", ListAppsAsync).RequireAuthorization(AccessPolicies.Viewer)
            .WithSummary("The account's apps.").Produces<AppsAnswer>();
        api.MapPost("/apps", CreateAppAsync).RequireAuthorization(AccessPolicies.Admin)
            .WithSummary("Makes an app; its key is known to this node's capture endpoint when the answer comes.")
            .Produces<NewAppAnswer>().ProducesProblem(400).ProducesProblem(409).ProducesProblem(503);
        api.MapPost("/apps/{app:guid}/rotate", RotateAsync).RequireAuthorization(AccessPolicies.Admin)
            .WithSummary("Gives an app a new key; the one before works for the overlap.")
            .Produces<NewKeyAnswer>().ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);
        api.MapGet("/tokens", ListTokensAsync).RequireAuthorization(AccessPolicies.Admin)
            .WithSummary("The account's API tokens, without their secrets.").Produces<TokensAnswer>();
        api.MapPost("/tokens", CreateTokenAsync).RequireAuthorization(AccessPolicies.Admin)
            .WithSummary("Makes an API token; it is shown this once.")
            .Produces<NewTokenAnswer>().ProducesProblem(400).ProducesProblem(403);
        api.MapDelete("/tokens/{id:guid}", RevokeTokenAsync).RequireAuthorization(AccessPolicies.Admin)
            .WithSummary("Revokes an API token.").Produces(204).ProducesProblem(404);
    }

    private static async Task<IResult> ListAppsAsync(HttpContext context, AppStore apps, CancellationToken token)
    {
        var access = context.GetAccess();
        var items = new List<AppItem>();
        foreach (var app in await apps.ListAsync(access, token))
        {
            var keys = await apps.KeysAsync(access, app.App, token);
            items.Add(new AppItem(app.App, app.Name, keys[0].Key, app.Paused, app.Origins, app.CreatedAt));
        }

        return Results.Json(new AppsAnswer(items));
    }

    private static async Task<IResult> CreateAppAsync(
        HttpContext context, NewApp body, AppRegistry apps, CancellationToken token)
    {
        if (!Names.IsGood(body.Name))
        {
            return BadName.ToResult();
        }

        var origins = (body.Origins ?? []).Select(Origins.Parse).ToList();
        if (origins.Contains(null) || origins.Count > Origins.Max)
        {
            return BadOrigin.ToResult();
        }

        return await UnlessLateAsync(async () =>
        {
            var access = context.GetAccess();
            return await apps.CreateAsync(access, body.Name!, origins!, token) is { } created
                ? Results.Json(new NewAppAnswer(access.Account, created.App, body.Name!, created.Key!))
                : NameTaken.ToResult();
        });
    }

    private static async Task<IResult> RotateAsync(
        HttpContext context, Guid app, [FromBody] Rotation? body, AppRegistry apps, CancellationToken token)
    {
        var overlapMs = body?.OverlapMs ?? 0;
        if (!(overlapMs >= 0 && overlapMs <= LongestOverlap.TotalMilliseconds))
        {
            return BadOverlap.ToResult();
        }

        var overlap = TimeSpan.FromMilliseconds(overlapMs);

        return await UnlessLateAsync(async () =>
        {
            var access = context.GetAccess();
            return await apps.RotateAsync(access, app, overlap, token) is { } rotated
                ? Results.Json(new NewKeyAnswer(access.Account, app, rotated.Key!))
                : ApiProblem.NotFound.ToResult();
        });
    }

    private static async Task<IResult> ListTokensAsync(HttpContext context, TokenStore tokens, CancellationToken token)
    {
        var found = await tokens.ListAsync(context.GetAccess(), token);
        return Results.Json(new TokensAnswer([.. found.Select(item => new TokenItem(
            item.Token, item.Name, Roles.ToText(item.Role), item.Prefix, item.CreatedAt, item.LastUsedAt, item.RevokedAt))]));
    }

    private static async Task<IResult> CreateTokenAsync(
        HttpContext context, NewToken body, TokenStore tokens, CancellationToken token)
    {
        var access = context.GetAccess();
        if (!Names.IsGood(body.Name))
        {
            return BadName.ToResult();
        }

        if (Roles.Parse(body.Role) is not { } role)
        {
            return BadRole.ToResult();
        }

        return role > access.Role
            ? RoleAbove.ToResult()
            : Results.Json(new NewTokenAnswer(await tokens.CreateAsync(access, body.Name!, role, token)));
    }

    private static async Task<IResult> RevokeTokenAsync(
        HttpContext context, Guid id, TokenStore tokens, CancellationToken token) =>
        await tokens.RevokeAsync(context.GetAccess(), id, token)
            ? Results.NoContent()
            : ApiProblem.NotFound.ToResult();

    private static async Task<IResult> UnlessLateAsync(Func<Task<IResult>> act)
    {
        try
        {
            return await act();
        }
        catch (TimeoutException)
        {
            return NotKnownYet.ToResult();
        }
    }

    private sealed record NewApp(string? Name, IReadOnlyList<string>? Origins);

    private sealed record NewToken(string? Name, string? Role);

    private sealed record Rotation(double OverlapMs);
}
