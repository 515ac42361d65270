namespace Recount.Database;

/// <summary>Where PostgreSQL is: a child of this process, or a server that somebody else runs.</summary>
public interface IDatabaseEngine
{
    /// <summary>Completes when the server is believed to run and both roles are there.</summary>
    /// <exception cref="DatabaseRefusedException">It cannot run until somebody changes something.</exception>
    Task<DatabaseConnections> WaitUntilStartedAsync(CancellationToken token);
}

/// <summary>How the two roles connect.</summary>
/// <param name="Owner">Connection string of the role that owns the schema and migrates it.</param>
/// <param name="Runtime">Connection string of the role the running process uses; it owns nothing.</param>
public sealed record DatabaseConnections(string Owner, string Runtime);

/// <summary>The server that <c>Database:ConnectionString</c> and <c>Database:OwnerConnectionString</c> name.</summary>
public sealed class ExternalDatabase(DatabaseConnections connections) : IDatabaseEngine
{
    public Task<DatabaseConnections> WaitUntilStartedAsync(CancellationToken token) => Task.FromResult(connections);
}
