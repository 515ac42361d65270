using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;

namespace Recount.Access;

/// <summary>Signs browsers in and out, and changes passwords.</summary>
public sealed class LoginService(UserManager<AppUser> users, SignInStore signIns, LoginThrottle throttle)
{
    /// <summary>Checks name and password and gives the browser its cookie.</summary>
    public async Task<LoginOutcome> SignInAsync(HttpContext context, string name, string password)
    {
        var normalized = users.NormalizeName(name) ?? "";
        var wait = throttle.Try(context.Connection.RemoteIpAddress?.ToString() ?? "", normalized);
        if (wait > TimeSpan.Zero)
        {
            return new LoginOutcome(LoginResult.Wait, wait);
        }

        var user = await users.FindByNameAsync(name);
        if (user is null)
        {
            // As much work as for a name that exists: the time of the answer must not tell which names there are.
            users.PasswordHasher.HashPassword(new AppUser(), password);
            return LoginOutcome.Wrong;
        }

        if (await users.IsLockedOutAsync(user))
        {
            users.PasswordHasher.HashPassword(user, password);
            return LoginOutcome.Wrong;
        }

        if (!await users.CheckPasswordAsync(user, password))
        {
            await users.AccessFailedAsync(user);
            return LoginOutcome.Wrong;
        }

        await users.ResetAccessFailedCountAsync(user);
        return await BeginAsync(context, user)
            ? new LoginOutcome(LoginResult.SignedIn, TimeSpan.Zero)
            : new LoginOutcome(LoginResult.NoAccount, TimeSpan.Zero);
    }

    /// <summary>Gives the browser a cookie for somebody whose password was just set.</summary>
    /// <returns>False when the user belongs to no account.</returns>
    public async Task<bool> BeginAsync(HttpContext context, AppUser user)
    {
        if (await signIns.BeginAsync(user, context.RequestAborted) is not { } signIn)
        {
            return false;
        }

        await context.SignInAsync(
            SignInCookie.Scheme,
            SignInCookie.Principal(signIn, user.SecurityStamp),
            new AuthenticationProperties { IsPersistent = true });
        return true;
    }

    public async Task SignOutAsync(HttpContext context)
    {
        if (context.User.FindAccess() is { SignIn: not null } access)
        {
            await signIns.EndAsync(access, context.RequestAborted);
        }

        await context.SignOutAsync(SignInCookie.Scheme);
    }

    /// <summary>Changes the password of whoever is signed in, ends their other sign-ins and renews this one.</summary>
    /// <returns>What is wrong; empty when the password was changed.</returns>
    public async Task<IReadOnlyList<string>> ChangePasswordAsync(
        HttpContext context, AccountAccess access, string current, string changed)
    {
        if (SignInStore.UserOf(access.Actor) is not { } name || await users.FindByNameAsync(name) is not { } user)
        {
            return ["Only somebody who is signed in can change a password."];
        }

        // Guessing at the current password through an open browser is a login attempt like any other.
        var wait = throttle.Try(context.Connection.RemoteIpAddress?.ToString() ?? "", user.NormalizedName);
        if (wait > TimeSpan.Zero)
        {
            return [$"Too many attempts. Try again in {Math.Ceiling(wait.TotalSeconds)} s."];
        }

        var result = await users.ChangePasswordAsync(user, current, changed);
        if (!result.Succeeded)
        {
            return result.Errors.Select(error => error.Description).ToList();
        }

        await signIns.EndAllAsync(access, user, context.RequestAborted);
        await BeginAsync(context, user);
        return [];
    }
}

/// <summary>How a sign-in ended.</summary>
public enum LoginResult
{
    SignedIn,

    /// <summary>Wrong name or password, or a locked name: which of them is not said.</summary>
    Wrong,

    /// <summary>Too many were tried.</summary>
    Wait,

    /// <summary>The user belongs to no account.</summary>
    NoAccount,
}

/// <summary>How a sign-in ended.</summary>
/// <param name="Result">What happened.</param>
/// <param name="RetryAfter">How long to wait; zero unless the result is <see cref="LoginResult.Wait"/>.</param>
public sealed record LoginOutcome(LoginResult Result, TimeSpan RetryAfter)
{
    internal static LoginOutcome Wrong { get; } = new(LoginResult.Wrong, TimeSpan.Zero);
}
