using Microsoft.AspNetCore.Http;
using Recount.Access;

namespace Recount.Replay;

/// <summary>Lets in who has a stage token for the session that is asked for.</summary>
public sealed class StageAccess(StageTokens tokens, SignInStore signIns)
{
    private const string Prefix = "Bearer ";

    /// <returns>Null when there is no token, it is not valid any more, or its sign-in has ended.</returns>
    public async Task<StageGrant?> FindAsync(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            && tokens.Read(header[Prefix.Length..].Trim()) is { } grant
            && await signIns.LastsAsync(grant.Account, grant.SignIn, context.RequestAborted)
                ? grant
                : null;
    }
}
