namespace Recount.Server.Hosting;

/// <summary>
/// Answers HEAD as GET without the body, at every address: load balancers and link checkers ask so, and routes name GET
/// alone. Kestrel keeps the body back, which it knows from the request line.
/// </summary>
internal static class HeadRequests
{
    /// <summary>Routing, for which a HEAD is a GET.</summary>
    public static void UseRoutingWithHead(this WebApplication app)
    {
        app.Use((context, next) =>
        {
            if (!HttpMethods.IsHead(context.Request.Method))
            {
                return next(context);
            }

            context.Request.Method = HttpMethods.Get;
            return next(context);
        });
        app.UseRouting();
    }
}
