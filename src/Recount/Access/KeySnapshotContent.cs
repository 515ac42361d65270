using System.Collections.Immutable;

namespace Recount.Access;

/// <summary>
/// Accounts, apps and keys as rows: what the database is asked for, and what is saved beside the intake so that capture
/// starts without a database and a lost database gets its accounts, apps and keys back.
/// </summary>
public sealed record KeySnapshotContent
{
    /// <summary>Version of the file's shape.</summary>
    public int Format { get; init; } = 1;

    public required Guid Database { get; init; }

    public required long Version { get; init; }

    public required ImmutableArray<AccountRow> Accounts { get; init; }

    public required ImmutableArray<AppRow> Apps { get; init; }

    public required ImmutableArray<CaptureKeyRow> Keys { get; init; }

    /// <summary>Accounts whose chunks are checked before they are acknowledged.</summary>
    public required ImmutableArray<Guid> Screened { get; init; }

    public KeySnapshot ToSnapshot()
    {
        var apps = Apps.ToDictionary(app => (app.Account, app.App));
        var screened = Screened.ToHashSet();
        return new KeySnapshot(Version, Database, Keys.Select(key =>
        {
            var app = apps[(key.Account, key.App)];
            return new CaptureKey(
                key.Key, key.Account, key.App, app.Paused, key.RetiresAt, app.Origins,
                screened.Contains(key.Account), app.Settings);
        }));
    }
}

/// <summary>An account.</summary>
public sealed record AccountRow(Guid Account, string Name, DateTimeOffset CreatedAt);

/// <summary>An app with what it asks of its SDKs.</summary>
public sealed record AppRow(
    Guid Account,
    Guid App,
    string Name,
    ImmutableArray<string> Origins,
    bool Paused,
    AppSettings Settings,
    DateTimeOffset CreatedAt);

/// <summary>A capture key.</summary>
public sealed record CaptureKeyRow(
    string Key, Guid Account, Guid App, DateTimeOffset CreatedAt, DateTimeOffset? RetiresAt);
