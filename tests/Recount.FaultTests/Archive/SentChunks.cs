using System.Net;
using System.Text;

namespace Recount.FaultTests.Archive;

/// <summary>One chunk of the load.</summary>
/// <param name="Session">The session.</param>
/// <param name="Page">The page.</param>
/// <param name="Seq">Number in the page.</param>
/// <param name="Body">As it is sent.</param>
/// <param name="IsWhole">False for one that must end in quarantine.</param>
internal sealed record SentChunk(Guid Session, Guid Page, int Seq, byte[] Body, bool IsWhole);

/// <summary>
/// Records sessions as an SDK does: every chunk is sent until it is acknowledged, whatever happens to the server in
/// between, so each may arrive any number of times.
/// </summary>
internal sealed class SentChunks
{
    private const int EntriesPerChunk = 3;
    private readonly List<SentChunk> all = [];
    private readonly HashSet<SentChunk> acknowledged = [];
    private readonly Random random;

    public SentChunks(int seed) => random = new Random(seed);

    /// <summary>Chunks that the server acknowledged and that must be archived.</summary>
    public IReadOnlyList<SentChunk> Whole => [.. all.Where(chunk => chunk.IsWhole)];

    public int Broken => all.Count(chunk => !chunk.IsWhole);

    public IEnumerable<Guid> Sessions => all.Select(chunk => chunk.Session).Distinct();

    /// <summary>Answers that said 202.</summary>
    public int Accepted { get; private set; }

    public bool AreAllAcknowledged => acknowledged.Count == all.Count;

    /// <summary>Makes new sessions of two pages, one chunk of each session broken; they are sent in any order.</summary>
    public void Record(int sessions, int chunksPerPage)
    {
        for (var i = 0; i < sessions; i++)
        {
            var session = Guid.NewGuid();
            for (var page = 0; page < 2; page++)
            {
                AddPage(session, page, chunksPerPage);
            }
        }
    }

    /// <summary>Sends what is not acknowledged, and some of what is; gives up for now when the server does not answer.</summary>
    /// <returns>True when everything is acknowledged.</returns>
    public async Task<bool> TrySendAsync(HttpClient client, string key, CancellationToken token)
    {
        var order = all.ToArray();
        random.Shuffle(order);
        foreach (var chunk in order.Where(chunk => !acknowledged.Contains(chunk) || random.Next(8) == 0))
        {
            if (!await TrySendAsync(client, key, chunk, token))
            {
                return false;
            }
        }

        return AreAllAcknowledged;
    }

    private async Task<bool> TrySendAsync(HttpClient client, string key, SentChunk chunk, CancellationToken token)
    {
        try
        {
            using var content = new ByteArrayContent(chunk.Body);
            using var answer = await client.PostAsync(
                $"/capture/v1/{key}/{chunk.Session}/{chunk.Page}/{chunk.Seq}?clock={chunk.Seq * 1000}", content, token);
            if (answer.StatusCode != HttpStatusCode.Accepted)
            {
                return false;
            }

            Accepted++;
            acknowledged.Add(chunk);
            return true;
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return false;
        }
    }

    private void AddPage(Guid session, int ordinal, int chunks)
    {
        var page = Guid.NewGuid();
        for (var seq = 0; seq < chunks; seq++)
        {
            var isWhole = ordinal > 0 || seq != chunks - 1;
            all.Add(new SentChunk(session, page, seq, Body(ordinal, seq, isWhole), isWhole));
        }
    }

    private byte[] Body(int ordinal, int seq, bool isWhole)
    {
        var body = new StringBuilder(isWhole ? "" : "broken ");
        if (seq == 0)
        {
            body.Append($$$"""{"at":0,"k":"page","d":{"ordinal":{{{ordinal}}},"url":"https://shop.example/{{{ordinal}}}"}}""").Append('\n');
        }

        for (var entry = 0; entry < EntriesPerChunk; entry++)
        {
            body.Append($$$"""{"at":{{{(seq * 1000) + entry}}},"k":"{{{(entry == 0 ? "event" : "rrweb")}}}","d": {"r":"{{{random.NextInt64()}}}", "n":1.50}}""").Append('\n');
        }

        return Encoding.UTF8.GetBytes(body.ToString());
    }
}
