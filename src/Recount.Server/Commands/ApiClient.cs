using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Recount.Primitives;

namespace Recount.Server.Commands;

/// <summary>The running server as the command line sees it: its API over the Unix socket, or a remote one's.</summary>
internal sealed class ApiClient : IDisposable
{
    private readonly HttpClient http;
    private readonly string server;

    private ApiClient(HttpClient http, string server)
    {
        this.http = http;
        this.server = server;
    }

    /// <param name="dataDirectory">The data directory of a server on this machine.</param>
    /// <param name="remote">A server's address instead, or null.</param>
    /// <param name="apiToken">The API token for it.</param>
    /// <exception cref="CommandException">There is nothing to connect to.</exception>
    public static ApiClient Connect(string dataDirectory, string? remote, string? apiToken) =>
        remote is null ? Local(dataDirectory) : Remote(remote, apiToken);

    /// <param name="path">From the root: <c>/api/v1/apps</c>.</param>
    /// <param name="token">Ends the request.</param>
    /// <param name="alsoGood">A status other than 2xx whose body is an answer too.</param>
    /// <exception cref="CommandException">The server refused or cannot be reached.</exception>
    public async Task<T> GetAsync<T>(string path, CancellationToken token, HttpStatusCode? alsoGood = null)
    {
        using var response = await SendAsync(HttpMethod.Get, path, null, token, alsoGood).ConfigureAwait(false);
        return await ReadAsync<T>(response, token).ConfigureAwait(false);
    }

    /// <inheritdoc cref="GetAsync"/>
    public async Task<T> PostAsync<T>(string path, object body, CancellationToken token)
    {
        using var content = JsonContent.Create(body, options: ApiJson.Options);
        using var response = await SendAsync(HttpMethod.Post, path, content, token).ConfigureAwait(false);
        return await ReadAsync<T>(response, token).ConfigureAwait(false);
    }

    /// <inheritdoc cref="GetAsync"/>
    public async Task DeleteAsync(string path, CancellationToken token)
    {
        using var response = await SendAsync(HttpMethod.Delete, path, null, token).ConfigureAwait(false);
    }

    /// <summary>Sends anything; the answer's body is still to be read. Dispose it.</summary>
    /// <exception cref="CommandException">The server refused or cannot be reached.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? content, CancellationToken token, HttpStatusCode? alsoGood = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token)
                .ConfigureAwait(false);
        }
        catch (HttpRequestException failure)
        {
            throw new CommandException($"The server {server} cannot be reached: {failure.Message}", failure);
        }

        if (response.IsSuccessStatusCode || response.StatusCode == alsoGood)
        {
            return response;
        }

        using (response)
        {
            throw new CommandException(await ExplainAsync(response, token).ConfigureAwait(false));
        }
    }

    public void Dispose() => http.Dispose();

    private static ApiClient Local(string dataDirectory)
    {
        var socket = DataDirectory.RuntimeDirectoryOf(dataDirectory) is { } runtime
            ? Path.Combine(runtime, CliConnection.SocketName)
            : null;
        if (!File.Exists(socket))
        {
            throw new CommandException(
                $"Recount does not run on the data directory '{Path.GetFullPath(dataDirectory)}'. Start it with "
                + "./start, name its directory with --data, or another server with --server.");
        }

        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), token).ConfigureAwait(false);
                    return new NetworkStream(connection, ownsSocket: true);
                }
                catch
                {
                    connection.Dispose();
                    throw;
                }
            },
        };
        return new ApiClient(
            new HttpClient(handler) { BaseAddress = new Uri("http://localhost"), Timeout = Timeout.InfiniteTimeSpan },
            $"on '{Path.GetFullPath(dataDirectory)}'");
    }

    private static ApiClient Remote(string address, string? apiToken)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw new CommandException($"--server wants an http or https address, not '{address}'.");
        }

        if (string.IsNullOrEmpty(apiToken))
        {
            throw new CommandException("--server wants an API token in the environment variable RECOUNT_TOKEN.");
        }

        var http = new HttpClient { BaseAddress = uri, Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiToken);
        return new ApiClient(http, address);
    }

    /// <exception cref="CommandException">The answer cannot be read.</exception>
    public static async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken token)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(ApiJson.Options, token).ConfigureAwait(false)
                ?? throw new CommandException("The server answered nothing where an answer was expected.");
        }
        catch (JsonException failure)
        {
            throw new CommandException($"The server's answer cannot be read: {failure.Message}", failure);
        }
    }

    private static async Task<string> ExplainAsync(HttpResponseMessage response, CancellationToken token)
    {
        var status = $"{(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd();
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json")
        {
            return $"The server refused: {status}.";
        }

        var problem = await ReadAsync<Problem>(response, token).ConfigureAwait(false);
        return $"{problem.Detail ?? problem.Title ?? status} ({problem.Type ?? status})";
    }

    private sealed record Problem(string? Type, string? Title, string? Detail);
}
