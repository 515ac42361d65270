using Microsoft.Extensions.Options;
using Recount.Recordings.Reading;
using Recount.Recordings.Summaries;

namespace Recount.Recordings;

/// <summary>What pages and programs ask about sessions.</summary>
public sealed class SessionQueries(
    SummaryStore summaries, SessionReader reader, IOptions<RecordingsOptions> options, TimeProvider time)
{
    /// <inheritdoc cref="SummaryStore.ListAsync"/>
    public Task<SessionList> ListAsync(
        Guid account, Guid? app, string? after, int limit, CancellationToken token) =>
        summaries.ListAsync(account, app, after, limit, token);

    /// <inheritdoc cref="SummaryStore.NeighboursAsync"/>
    public Task<SessionNeighboursFound> NeighboursAsync(Guid account, Guid? app, Guid session, CancellationToken token) =>
        summaries.NeighboursAsync(account, app, session, token);

    /// <returns>Null when the account has no such session.</returns>
    public async Task<SessionView?> FindAsync(Guid account, Guid session, CancellationToken token) =>
        await reader.ReadAsync(account, session, token) is { } content ? new SessionView(content) : null;

    public string StateOf(SessionSummary summary) => StateOf(summary.PendingChunks, summary.LastReceivedAt);

    public string StateOf(SessionView session) => StateOf(session.PendingChunks, session.LastReceivedAt);

    private string StateOf(int pendingChunks, DateTimeOffset lastReceivedAt) =>
        SessionState.Of(pendingChunks, lastReceivedAt, time.GetUtcNow(), options.Value.LiveWindow);
}
