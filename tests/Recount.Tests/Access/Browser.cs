using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.RegularExpressions;

namespace Recount.Tests.Access;

/// <summary>What a browser does for a person: keeps cookies, sends forms with their hidden fields.</summary>
internal sealed partial class Browser : IDisposable
{
    private readonly HttpClient client;

    public Browser(Uri address, CookieContainer? cookies = null)
    {
        Cookies = cookies ?? new CookieContainer();
        Address = address;
        client = new HttpClient(new SocketsHttpHandler { CookieContainer = Cookies, AllowAutoRedirect = false })
        {
            BaseAddress = address,
        };
    }

    public CookieContainer Cookies { get; }

    public Uri Address { get; }

    /// <summary>Sends an API token with every request.</summary>
    public Browser WithToken(string token)
    {
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return this;
    }

    public Task<HttpResponseMessage> GetAsync(string path) => client.GetAsync(path);

    public Task<HttpResponseMessage> SendJsonAsync(HttpMethod method, string path, object? body = null) =>
        client.SendAsync(new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) });

    /// <summary>Opens a page and sends the form on it.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(string path, string form, params (string Name, string Value)[] fields)
    {
        var page = await (await GetAsync(path)).Content.ReadAsStringAsync();
        return await PostAsync(path, [
            ("__RequestVerificationToken", Antiforgery().Match(page).Groups[1].Value), ("_handler", form), .. fields]);
    }

    /// <summary>Sends a form without having opened its page.</summary>
    public Task<HttpResponseMessage> PostAsync(string path, params (string Name, string Value)[] fields) =>
        client.PostAsync(
            path,
            new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))));

    public async Task<HttpResponseMessage> TrySignInAsync(string name, string password) =>
        await SubmitAsync("/login", "login", ("Name", name), ("Password", password));

    public async Task SignInAsync(string name, string password)
    {
        var answer = await TrySignInAsync(name, password);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    /// <summary>Another browser to which somebody copied this one's cookies.</summary>
    public Browser Copy()
    {
        var copied = new CookieContainer();
        copied.Add(Cookies.GetAllCookies());
        return new Browser(Address, copied);
    }

    public void Dispose() => client.Dispose();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Antiforgery();
}
