using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Recount.Access;

namespace Recount.Ui.Components;

/// <summary>What every page has: the request it answers and who asked.</summary>
public abstract class RecountPage : ComponentBase
{
    [CascadingParameter]
    protected HttpContext Context { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    /// <summary>Who asks; only on pages with a policy.</summary>
    protected AccountAccess Access => Context.GetAccess();

    /// <summary>True when whoever asks may do what the role may.</summary>
    protected bool May(AccountRole role) => Access.Role >= role;

    /// <summary>Ends when the visitor left.</summary>
    protected CancellationToken Aborted => Context.RequestAborted;

    /// <summary>Sends the browser elsewhere in this app: after each form, so that a reload does not send it again.</summary>
    protected void GoTo(string path) => Navigation.NavigateTo(path);

    /// <summary>Says that there is nothing at this address; what the page renders gives way to the page for that.</summary>
    protected void SayNotFound() => Context.Response.StatusCode = StatusCodes.Status404NotFound;

    /// <summary>Says that there is nothing at this address any more; the page says why.</summary>
    protected void SayGone() => Context.Response.StatusCode = StatusCodes.Status410Gone;
}
