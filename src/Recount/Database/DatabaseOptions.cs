using System.ComponentModel.DataAnnotations;
using Recount.Primitives;

namespace Recount.Database;

/// <summary>Section <c>Database</c>.</summary>
public sealed class DatabaseOptions : IValidatableObject
{
    /// <summary>
    /// Npgsql connection string of the runtime role on a PostgreSQL 15 or later that somebody else runs. The role is
    /// <c>recount_app</c> or a member of it. Null (default): an embedded PostgreSQL in the data directory.
    /// </summary>
    public string? ConnectionString { get; init; }

    /// <summary>Npgsql connection string of the role that owns the schema; set together with the other one.</summary>
    public string? OwnerConnectionString { get; init; }

    /// <summary>Connections that one process keeps at most, 1–1000. Default 20.</summary>
    [Range(1, 1000)]
    public int MaxConnections { get; init; } = 20;

    /// <summary>How long opening a connection may take, 1 s–5 min. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a statement may take unless its caller says otherwise, 1 s–1 h. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one migration may take, waiting for locks included, 1 s–1 day. Default 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MigrationTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often a ready database is asked whether it still answers, 100 ms–5 min. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan CheckPeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest wait between two attempts to reach the database, 100 ms–5 min. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The embedded PostgreSQL; not used when the connection strings are set.</summary>
    public EmbeddedPostgresOptions Embedded { get; init; } = new();

    /// <summary>Whether the connection strings name a server, so that none is embedded.</summary>
    public bool IsExternal => !string.IsNullOrWhiteSpace(ConnectionString);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrWhiteSpace(ConnectionString) != string.IsNullOrWhiteSpace(OwnerConnectionString))
        {
            var missing = IsExternal ? nameof(OwnerConnectionString) : nameof(ConnectionString);
            yield return new ValidationResult(
                "Set Database:ConnectionString and Database:OwnerConnectionString both, or neither for the embedded "
                + "PostgreSQL: the role that migrates is never the role that serves.",
                [missing]);
        }

        foreach (var result in ConnectionStringErrors())
        {
            yield return result;
        }
    }

    private IEnumerable<ValidationResult> ConnectionStringErrors()
    {
        foreach (var (key, value) in new[]
        {
            (nameof(ConnectionString), ConnectionString), (nameof(OwnerConnectionString), OwnerConnectionString),
        })
        {
            if (!string.IsNullOrWhiteSpace(value) && !ConnectionStrings.IsValid(value))
            {
                // The value itself stays out of the message: it holds a password.
                yield return new ValidationResult("This is not an Npgsql connection string with a Host.", [key]);
            }
        }
    }
}

/// <summary>Section <c>Database:Embedded</c>.</summary>
public sealed class EmbeddedPostgresOptions
{
    /// <summary>
    /// Directory with the binaries (<c>postgres</c>, <c>initdb</c>). Null (default): those of the <c>engines</c>
    /// package, else the newest system PostgreSQL from 15 on; an existing cluster's PG_VERSION decides first.
    /// </summary>
    public string? BinDirectory { get; init; }

    /// <summary>User and group id that PostgreSQL runs with when this process is root, 1–4294967294. Default 61532.</summary>
    [Range(1, 4294967294)]
    public long Uid { get; init; } = 61532;

    /// <summary>How long a start may take, crash recovery included, 1 s–1 day. Default 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a clean stop may take before the server is killed, 1 s–10 min. Default 8 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>
    /// How long the server of a process that was killed gets to leave before it is told to, and again before the start
    /// is given up, 1 s–10 min. Default 15 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan PredecessorTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The longest wait before a server that died is started again, 100 ms–5 min. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan MaxRestartDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>PostgreSQL's shared_buffers, 16 MiB–64 GiB. Default 128 MiB.</summary>
    [Range(typeof(ByteSize), "16 MiB", "64 GiB")]
    public ByteSize SharedBuffers { get; init; } = ByteSize.MiB(128);

    /// <summary>PostgreSQL's max_connections, 10–10000. Default 100.</summary>
    [Range(10, 10000)]
    public int MaxConnections { get; init; } = 100;

    /// <summary>How large <c>log/postgres.log</c> grows before it becomes <c>postgres.log.1</c>, 64 KiB–1 GiB.
    /// Default 8 MiB.</summary>
    [Range(typeof(ByteSize), "64 KiB", "1 GiB")]
    public ByteSize LogSize { get; init; } = ByteSize.MiB(8);
}
