using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Recount.Benchmarks;

/// <summary>A chunk to send.</summary>
internal readonly record struct ChunkRequest(string Path, byte[] Body);

/// <summary>
/// Sends chunks over kept-open connections, one at a time on each, with as little work of its own as HTTP/1.1 allows: it
/// shares the machine with what it measures, so bodies are made before.
/// </summary>
/// <param name="server">Where to.</param>
/// <param name="host">The host that is asked.</param>
/// <param name="next">The next chunk of a connection, by its number and how many it sent; null when it has sent all.</param>
internal sealed class LoadGenerator(IPEndPoint server, string host, Func<int, long, ChunkRequest?> next)
{
    private const int HeadBytes = 1024;
    private long acknowledged;
    private long acknowledgedBytes;
    private long refused;

    /// <summary>Chunks acknowledged in the last run.</summary>
    public long Acknowledged => Interlocked.Read(ref acknowledged);

    /// <summary>Their bytes as sent.</summary>
    public long AcknowledgedBytes => Interlocked.Read(ref acknowledgedBytes);

    /// <summary>Answers other than 202.</summary>
    public long Refused => Interlocked.Read(ref refused);

    /// <summary>Sends as fast as it is answered, until the time is over or all is sent.</summary>
    /// <returns>Acknowledged chunks a second.</returns>
    public Task<double> RunAsync(int connections, TimeSpan time, CancellationToken token) =>
        RunAsync(connections, time, TimeSpan.Zero, token);

    /// <param name="connections">How many send at once.</param>
    /// <param name="time">When to end.</param>
    /// <param name="every">Each connection begins a chunk this often; zero when it waits for nothing but the answer.</param>
    /// <param name="token">Ends it before.</param>
    /// <returns>Acknowledged chunks a second.</returns>
    public async Task<double> RunAsync(int connections, TimeSpan time, TimeSpan every, CancellationToken token)
    {
        acknowledged = acknowledgedBytes = refused = 0;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(token);
        var watch = Stopwatch.StartNew();
        var sending = Enumerable.Range(0, connections)
            .Select(connection => SendAsync(connection, every * ((double)connection / connections), every, end.Token))
            .ToArray();
        end.CancelAfter(time);
        await Task.WhenAll(sending);
        return acknowledged / watch.Elapsed.TotalSeconds;
    }

    private async Task SendAsync(int connection, TimeSpan first, TimeSpan every, CancellationToken end)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, end);
        var request = new byte[HeadBytes];
        var answer = new byte[4096];
        var watch = Stopwatch.StartNew();
        for (long i = 0; !end.IsCancellationRequested && next(connection, i) is var (path, body); i++)
        {
            if (first + (every * i) - watch.Elapsed is var early && early > TimeSpan.Zero)
            {
                await Task.Delay(early, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            var head = string.Create(
                CultureInfo.InvariantCulture,
                $"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: text/plain\r\nContent-Length: {body.Length}\r\n\r\n");
            request = request.Length < HeadBytes + body.Length ? new byte[HeadBytes + body.Length] : request;
            var length = Encoding.ASCII.GetBytes(head, request);
            body.CopyTo(request, length);
            await socket.SendAsync(request.AsMemory(0, length + body.Length), CancellationToken.None);
            Count(await IsAcceptedAsync(socket, answer), body.Length);
        }
    }

    private void Count(bool isAccepted, int bytes)
    {
        if (isAccepted)
        {
            Interlocked.Add(ref acknowledgedBytes, bytes);
            Interlocked.Increment(ref acknowledged);
        }
        else
        {
            Interlocked.Increment(ref refused);
        }
    }

    /// <summary>Reads one whole answer: its head, and as much as it announces.</summary>
    private static async Task<bool> IsAcceptedAsync(Socket socket, byte[] answer)
    {
        var read = 0;
        while (true)
        {
            var got = await socket.ReceiveAsync(answer.AsMemory(read), CancellationToken.None);
            if (got == 0)
            {
                throw new IOException("The server closed the connection.");
            }

            read += got;
            var text = Encoding.ASCII.GetString(answer, 0, read);
            var head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (head >= 0 && IsWhole(text, head, read))
            {
                return text.StartsWith("HTTP/1.1 202", StringComparison.Ordinal);
            }
        }
    }

    private static bool IsWhole(string text, int head, int read)
    {
        const string name = "Content-Length: ";
        var at = text.IndexOf(name, StringComparison.OrdinalIgnoreCase);
        if (at >= 0 && at < head)
        {
            var end = text.IndexOf('\r', at);
            return read >= head + 4 + int.Parse(text.AsSpan(at + name.Length, end - at - name.Length), CultureInfo.InvariantCulture);
        }

        return !text.Contains("chunked", StringComparison.OrdinalIgnoreCase) || text.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal);
    }
}
