using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Recount.Access;

/// <summary>Keeps other sites from making changes with a visitor's cookie.</summary>
public static class CrossSite
{
    /// <summary>
    /// A browser sends its cookie along with what another page makes it ask; a token or the socket is never sent by
    /// accident. Every group or endpoint of the API that changes something has this.
    /// </summary>
    public static TBuilder RefuseCrossSite<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.AddEndpointFilter(CheckAsync);

    private static async ValueTask<object?> CheckAsync(
        EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        var changes = !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method);
        if (changes && context.User.FindAccess() is { SignIn: not null }
            && !await context.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context))
        {
            return ApiProblem.CrossSite.ToResult();
        }

        return await next(invocation);
    }
}
