using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Recount.Primitives;

namespace Recount.Access;

/// <summary>Recognises programs that send an API token.</summary>
internal sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, TokenStore tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "recount-token";
    private const string Prefix = "Bearer ";

    /// <summary>True when an API token may have been sent; on the replay host a bearer token is a stage's.</summary>
    public static bool Applies(HttpContext context) =>
        context.Request.Headers.Authorization.ToString().StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
        && context.GetEndpoint()?.Metadata.GetMetadata<ReplayHostOnly>() is null;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var secret = Request.Headers.Authorization.ToString()[Prefix.Length..].Trim();
        return await tokens.IdentifyAsync(secret, Context.RequestAborted) is { } access
            ? AuthenticateResult.Success(new AuthenticationTicket(AccessPrincipal.From(access, Scheme), Scheme))
            : AuthenticateResult.Fail("No such token.");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        ApiProblem.Unauthorized.WriteAsync(Context);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        ApiProblem.Forbidden.WriteAsync(Context);
}

/// <summary>
/// Recognises the CLI: whoever can open the Unix socket in the 0700 runtime directory runs the installation.
/// </summary>
internal sealed class SocketAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, AccountStore accounts)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "recount-socket";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var account = await accounts.FirstAsync(Context.RequestAborted);
        var access = new AccountAccess(account, AccountRole.Owner, IsOperator: true, "cli");
        return AuthenticateResult.Success(new AuthenticationTicket(AccessPrincipal.From(access, Scheme), Scheme));
    }
}
