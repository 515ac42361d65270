using Dapper;
using Npgsql;
using Recount.Capture.Intake;
using Recount.Database;
using Recount.ObjectStore;
using Recount.ObjectStore.Directory;
using Recount.Primitives;
using Recount.Recordings;
using Recount.Recordings.Conservation;
using Recount.Recordings.Index;
using Recount.Recordings.Reading;
using Recount.Recordings.Seal;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Recordings;

/// <summary>A data directory and a database of one test, and the intake's side of it.</summary>
internal sealed class Archive : IDisposable
{
    private readonly TemporaryDirectory directory;
    private readonly List<Archiver> archivers = [];
    private readonly TimeProvider time;
    private long nextN;

    private Archive(DatabaseConnections connections, TimeProvider time, TemporaryDirectory? directory = null)
    {
        this.time = time;
        this.directory = directory ??= new TemporaryDirectory();
        Connections = connections;
        Db = PostgresFixture.Open(connections);
        Data = DataDirectory.Open(Files, directory["data"]);
        Objects = new DirectoryObjectStore(Files, Data.Root);
        Identity = InstallationIdentity.Open(Files, Data.Root);
    }

    public PosixFileSystem Files { get; } = new();

    public DatabaseConnections Connections { get; }

    public Db Db { get; }

    public DataDirectory Data { get; }

    public IObjectStore Objects { get; }

    public InstallationIdentity Identity { get; }

    public Guid Account { get; } = Guid.NewGuid();

    public Guid App { get; } = Guid.NewGuid();

    public Guid Node { get; } = Guid.NewGuid();

    public Guid Boot { get; } = Guid.NewGuid();

    public static async Task<Archive> CreateAsync(PostgresFixture postgres, TimeProvider? time = null) =>
        new(await postgres.CreateConnectionsAsync(), time ?? TimeProvider.System);

    public static Archive Of(DatabaseConnections connections) => new(connections, TimeProvider.System);

    /// <summary>For many sequences: what is never cut from its power need not wait for a disk.</summary>
    public static async Task<Archive> CreateFastAsync(PostgresFixture postgres)
    {
        var connections = await postgres.CreateConnectionsAsync();
        var runtime = new NpgsqlConnectionStringBuilder(connections.Runtime) { Options = "-c synchronous_commit=off" };
        const string memory = "/dev/shm";
        return new Archive(
            connections with { Runtime = runtime.ConnectionString },
            TimeProvider.System,
            Directory.Exists(memory) ? new TemporaryDirectory(memory) : null);
    }

    /// <summary>A process of the archive role.</summary>
    public Archiver NewArchiver(RecordingsOptions? options = null)
    {
        var archiver = new Archiver(Db, this, time, options ?? new RecordingsOptions());
        lock (archivers)
        {
            archivers.Add(archiver);
        }

        return archiver;
    }

    /// <summary>The first chunk of a new page of a new session.</summary>
    public TestChunk NewPage() => new TestChunk
    {
        Account = Account, App = App, Session = Guid.NewGuid(), Page = Guid.NewGuid(),
    }.Unique();

    /// <summary>An intake object that holds the chunks, under the boot's next number.</summary>
    public Task<IntakeKey> AcceptAsync(params TestChunk[] chunks) => AcceptAsync(new IntakeKey(Node, Boot, nextN++), chunks);

    public async Task<IntakeKey> AcceptAsync(IntakeKey key, params TestChunk[] chunks)
    {
        await PutAsync(key.Path, IntakeObjectBytes.Of(key, chunks));
        return key;
    }

    /// <summary>Accepts the chunks and indexes them.</summary>
    public async Task<IntakeKey> IndexAsync(Archiver archiver, params TestChunk[] chunks)
    {
        var key = await AcceptAsync(chunks);
        Assert.True(await archiver.TakeAsync(key));
        return key;
    }

    public async Task PutAsync(string key, byte[] bytes)
    {
        using var content = new MemoryStream(bytes);
        Assert.True(await Objects.PutIfAbsentAsync(key, content, CancellationToken.None));
    }

    public string PathOf(string key) => Path.Combine(Data.Root, key);

    /// <summary>Turns one byte of an object over, as rot does.</summary>
    public void Flip(string key, long offset)
    {
        using var file = new FileStream(PathOf(key), FileMode.Open, FileAccess.ReadWrite);
        file.Position = offset < 0 ? file.Length + offset : offset;
        var value = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(value ^ 0x40));
    }

    public IReadOnlyList<string> Keys(string prefix) =>
        Directory.Exists(PathOf(prefix))
            ? [.. Directory.EnumerateFiles(PathOf(prefix), "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(Data.Root, path)).Order(StringComparer.Ordinal)]
            : [];

    public async Task<List<ProvenPart>> PartsAsync(PageId page)
    {
        await using var connection = await Db.OpenAsync(CancellationToken.None);
        return await PartStore.OfPageAsync(connection, page, CancellationToken.None);
    }

    public async Task<List<IndexedChunk>> PendingAsync(PageId page)
    {
        await using var connection = await Db.OpenAsync(CancellationToken.None);
        return await ChunkStore.OfPageAsync(connection, page, CancellationToken.None);
    }

    public async Task<SessionView> ViewAsync(TestChunk chunk) =>
        new((await new SessionReader(Db).ReadAsync(chunk.Account, chunk.Session, CancellationToken.None))!);

    /// <summary>Reason of each quarantined frame, by object and frame.</summary>
    public async Task<List<string>> QuarantineReasonsAsync()
    {
        await using var connection = await Db.OpenAsync(CancellationToken.None);
        return (await connection.QueryAsync<string>(
            "SELECT reason FROM recount.quarantine WHERE account = @Account OR account = @Nobody ORDER BY node, boot, n, frame",
            new { Account, Nobody = Guid.Empty })).AsList();
    }

    /// <summary>The account's figures over all hours; each hour's difference must be 0.</summary>
    public async Task<ConservationRow> FiguresAsync(Guid? account = null)
    {
        var rows = await new ConservationStore(Db).RowsAsync(
            account ?? Account, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200), CancellationToken.None);
        Assert.All(rows, row => Assert.Equal(0, row.Difference));
        return new ConservationRow
        {
            Accepted = rows.Sum(row => row.Accepted),
            Pending = rows.Sum(row => row.Pending),
            Archived = rows.Sum(row => row.Archived),
            Duplicate = rows.Sum(row => row.Duplicate),
            Quarantined = rows.Sum(row => row.Quarantined),
            Erased = rows.Sum(row => row.Erased),
        };
    }

    public async Task ExpectAsync(long pending = 0, long archived = 0, long duplicate = 0, long quarantined = 0)
    {
        var expected = new ConservationRow
        {
            Accepted = pending + archived + duplicate + quarantined,
            Pending = pending,
            Archived = archived,
            Duplicate = duplicate,
            Quarantined = quarantined,
        };
        Assert.Equal(expected, await FiguresAsync());
    }

    /// <summary>Runs a statement with the rights of the schema's owner: what no process of Recount may do.</summary>
    public async Task<int> TamperAsync(string sql, object? parameters = null)
    {
        await using var connection = new NpgsqlConnection(Connections.Owner);
        return await connection.ExecuteAsync(sql, parameters);
    }

    public void Dispose()
    {
        archivers.ForEach(archiver => archiver.Dispose());
        Db.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Data.Dispose();
        directory.Dispose();
    }
}
