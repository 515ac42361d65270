using Microsoft.Extensions.Options;

namespace Recount.Access;

/// <summary>
/// Changes apps and keys, and returns only once this node's capture endpoint knows: a key that was just handed out must
/// not be answered as unknown.
/// </summary>
public sealed class AppRegistry(AppStore apps, KeySnapshotCache cache, IOptions<AccessOptions> options)
{
    /// <returns>Null when the account has an app of that name.</returns>
    /// <exception cref="TimeoutException">The app is there, but this node does not know its key yet.</exception>
    public async Task<KeyChange?> CreateAsync(
        AccountAccess by, string name, IReadOnlyList<string> origins, CancellationToken token) =>
        await UntilKnownAsync(await apps.CreateAsync(by, name, origins, token), token);

    /// <returns>Null when the account has no such app.</returns>
    /// <exception cref="TimeoutException">The new key is there, but this node does not know it yet.</exception>
    public async Task<KeyChange?> RotateAsync(AccountAccess by, Guid app, TimeSpan overlap, CancellationToken token) =>
        await UntilKnownAsync(await apps.RotateAsync(by, app, overlap, token), token);

    /// <returns>Null when the account has no such app.</returns>
    /// <exception cref="TimeoutException">The change is there, but this node does not know it yet.</exception>
    public async Task<KeyChange?> ChangeAsync(AccountAccess by, Guid app, AppChange change, CancellationToken token) =>
        await UntilKnownAsync(await apps.ChangeAsync(by, app, change, token), token);

    private async Task<KeyChange?> UntilKnownAsync(KeyChange? change, CancellationToken token)
    {
        if (change is not null)
        {
            await cache.WaitForVersionAsync(change.Version, token)
                .WaitAsync(options.Value.KeyChangeTimeout, token);
        }

        return change;
    }
}
