using System.Data;
using Dapper;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Recount.Database;
using Recount.Recordings.Conservation;
using Recount.Recordings.Reading;

namespace Recount.Recordings.Summaries;

/// <summary>Keeps one row a session for lists, derived from what is known of it.</summary>
public sealed partial class SummaryWorker(
    Db db,
    IOptions<RecordingsOptions> options,
    TimeProvider time,
    ILogger<SummaryWorker> log) : Worker(db, time, log)
{
    private const int BatchSize = 500;

    public override string Name => "summaries";

    protected override TimeSpan Interval => options.Value.SummaryInterval;

    protected override async Task RunOnceAsync(CancellationToken token)
    {
        while (await SummariseDueAsync(token) == BatchSize)
        {
        }
    }

    /// <returns>Marks that were taken.</returns>
    public async Task<int> SummariseDueAsync(CancellationToken token)
    {
        const string take = """
            -- Only marks whose transaction has committed are seen; those of others bring the session again.
            SELECT id, account, session FROM recount.session_due ORDER BY id LIMIT @BatchSize
            """;
        const string done = "DELETE FROM recount.session_due WHERE id = ANY (@ids)";
        await using var connection = await Db.OpenAsync(token);
        var marks = (await connection.QueryAsync<(long Id, Guid Account, Guid Session)>(
            new CommandDefinition(take, new { BatchSize }, cancellationToken: token))).AsList();
        foreach (var (account, session) in marks.Select(mark => (mark.Account, mark.Session)).Distinct())
        {
            await TrySummariseAsync(connection, account, session, token);
        }

        var ids = marks.ConvertAll(mark => mark.Id);
        await connection.ExecuteAsync(new CommandDefinition(done, new { ids }, cancellationToken: token));
        return marks.Count;
    }

    private async Task TrySummariseAsync(
        NpgsqlConnection connection, Guid account, Guid session, CancellationToken token)
    {
        try
        {
            await SummariseAsync(connection, account, session, token);
        }
        catch (Exception failure) when (!IsOutage(failure))
        {
            // One session that cannot be derived must not hold the others; its next chunk brings it again.
            LogNotSummarised(failure, session);
        }
    }

    private static async Task SummariseAsync(
        NpgsqlConnection connection, Guid account, Guid session, CancellationToken token)
    {
        SessionContent? content;
        await using (await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, token))
        {
            content = await SessionReader.ReadAsync(connection, account, session, token);
        }

        if (content is not null && content.Pages.Count > 0)
        {
            var view = new SessionView(content);
            await SummaryStore.WriteAsync(connection, view, token);
            await PageCountStore.WriteAsync(connection, view, token);
        }
    }

    [LoggerMessage(LogLevel.Error, "Session {Session} could not be summarised.")]
    private partial void LogNotSummarised(Exception failure, Guid session);
}
