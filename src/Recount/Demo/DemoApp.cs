using Recount.Access;

namespace Recount.Demo;

/// <summary>The app that the demo shop is recorded for: made when the shop is first opened, in the first account.</summary>
public sealed class DemoApp(AccountStore accounts, AppStore apps, AppRegistry registry) : IDisposable
{
    public const string Name = "Demo shop";
    private readonly SemaphoreSlim gate = new(1);
    private string? key;

    /// <summary>The app's capture key.</summary>
    public async Task<string?> KeyAsync(CancellationToken token)
    {
        if (key is not null)
        {
            return key;
        }

        await gate.WaitAsync(token);
        try
        {
            return key ??= await FindOrCreateAsync(token);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    private async Task<string?> FindOrCreateAsync(CancellationToken token)
    {
        var access = AccountAccess.System(await accounts.FirstAsync(token));
        if (await FindKeyAsync(access, token) is { } found)
        {
            return found;
        }

        var created = await registry.CreateAsync(access, Name, [], token);
        return created?.Key ?? await FindKeyAsync(access, token);
    }

    private async Task<string?> FindKeyAsync(AccountAccess access, CancellationToken token)
    {
        var app = (await apps.ListAsync(access, token)).FirstOrDefault(app => app.Name == Name);
        return app is null
            ? null
            : (await apps.KeysAsync(access, app.App, token)).FirstOrDefault(row => row.RetiresAt is null)?.Key;
    }
}
