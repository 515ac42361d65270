using System.Collections.Immutable;

namespace Recount.Access;

/// <summary>What the capture endpoint has to know about one capture key, without asking any engine.</summary>
/// <param name="Key"><c>rk_</c> and 32 lower-case letters and digits.</param>
/// <param name="Account">Tenant that owns the app.</param>
/// <param name="App">App that the key writes for.</param>
/// <param name="Paused">True while the app takes nothing.</param>
/// <param name="RetiresAt">When a rotated key stops being taken; null for the key in use. A key whose time has passed
/// stays in the snapshot, so that it is answered as retired and not as unknown.</param>
/// <param name="Origins">Origins that may send, as browsers write them (<c>https://shop.example</c>); empty allows all.</param>
/// <param name="Screened">True when the account's chunks are checked before they are acknowledged.</param>
/// <param name="Settings">What the app asks of its SDKs.</param>
public sealed record CaptureKey(
    string Key,
    Guid Account,
    Guid App,
    bool Paused,
    DateTimeOffset? RetiresAt,
    ImmutableArray<string> Origins,
    bool Screened,
    AppSettings Settings);

/// <summary>What an app asks of its SDKs; the shape is <c>docs/schemas/settings.json</c>.</summary>
/// <param name="Recording">False: capture nothing at present.</param>
/// <param name="Sample">Share of sessions that are recorded, 0 to 1.</param>
/// <param name="Privacy">Least strict level that is allowed: <c>strict</c>, <c>inputs</c>, <c>open</c>; null leaves the
/// page's own.</param>
/// <param name="ChunkIntervalMs">How often a chunk is cut, ms, 250 to 60,000.</param>
/// <param name="ChunkBytes">Size at which a chunk is cut, uncompressed bytes, 1,024 to 4,194,304.</param>
public sealed record AppSettings(
    bool Recording, double Sample, string? Privacy, int ChunkIntervalMs, int ChunkBytes)
{
    /// <summary>What a new app has: record every session, leave privacy to the page, cut every 5 s or 64 kB.</summary>
    public static AppSettings Default { get; } = new(true, 1, null, 5_000, 64_000);
}
