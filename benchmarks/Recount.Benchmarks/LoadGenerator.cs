using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Recount.Benchmarks;

/// <summary>
/// Sends chunks over kept-open connections, one at a time on each, with as little work of its own as HTTP/1.1 allows: it
/// shares the machine with what it measures.
/// </summary>
internal sealed class LoadGenerator(IPEndPoint server, string host, Func<int, long, string> path, byte[] body)
{
    private long acknowledged;
    private long refused;

    /// <summary>Chunks acknowledged in the last run.</summary>
    public long Acknowledged => Interlocked.Read(ref acknowledged);

    /// <summary>Answers other than 202.</summary>
    public long Refused => Interlocked.Read(ref refused);

    /// <summary>Acknowledged chunks a second over the time.</summary>
    public async Task<double> RunAsync(int connections, TimeSpan time, CancellationToken token)
    {
        acknowledged = refused = 0;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(token);
        var watch = Stopwatch.StartNew();
        var sending = Enumerable.Range(0, connections).Select(connection => SendAsync(connection, end.Token)).ToArray();
        end.CancelAfter(time);
        await Task.WhenAll(sending);
        return acknowledged / watch.Elapsed.TotalSeconds;
    }

    private async Task SendAsync(int connection, CancellationToken end)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, end);
        var request = new byte[1024 + body.Length];
        var answer = new byte[4096];
        for (long i = 0; !end.IsCancellationRequested; i++)
        {
            var head = string.Create(
                CultureInfo.InvariantCulture,
                $"POST {path(connection, i)} HTTP/1.1\r\nHost: {host}\r\nContent-Type: text/plain\r\nContent-Length: {body.Length}\r\n\r\n");
            var length = Encoding.ASCII.GetBytes(head, request);
            body.CopyTo(request, length);
            await socket.SendAsync(request.AsMemory(0, length + body.Length), CancellationToken.None);
            if (await IsAcceptedAsync(socket, answer))
            {
                Interlocked.Increment(ref acknowledged);
            }
            else
            {
                Interlocked.Increment(ref refused);
            }
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
