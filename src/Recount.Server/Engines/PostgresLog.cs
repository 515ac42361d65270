using Recount.Primitives;

namespace Recount.Server.Engines;

/// <summary>
/// What PostgreSQL writes to its standard error, kept in <c>log/postgres.log</c> and the one before it. Written by us
/// and not by PostgreSQL, whose user may not enter our log directory.
/// </summary>
internal sealed class PostgresLog(string path, ByteSize limit)
{
    private const int TailLines = 3;
    private readonly Queue<string> tail = new();

    /// <summary>The last lines, for an error message.</summary>
    public string Tail
    {
        get
        {
            lock (tail)
            {
                return string.Join(" | ", tail);
            }
        }
    }

    /// <summary>Copies lines until the other end closes. It always reads on: a full pipe would stop PostgreSQL.</summary>
    public async Task CopyAsync(StreamReader from)
    {
        while (await from.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            lock (tail)
            {
                tail.Enqueue(line);
                if (tail.Count > TailLines)
                {
                    tail.Dequeue();
                }
            }

            Write(line);
        }
    }

    private void Write(string line)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true } file && file.Length > limit.Bytes)
            {
                File.Copy(path, path + ".1", overwrite: true);
                File.Delete(path);
            }

            File.AppendAllText(path, line + "\n");
        }
        catch (IOException)
        {
            // A full disk must not stop the reading; the tail still says what happened.
        }
    }
}
