namespace Recount.Benchmarks;

/// <summary>A directory beside the results, on the same disk as the checkout, gone when the benchmark ends.</summary>
internal sealed class Workspace : IDisposable
{
    public Workspace()
    {
        Root = Path.Combine(Environment.CurrentDirectory, ".state", $"bench-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Root);
    }

    public string Root { get; }

    public string Make(string name) => Directory.CreateDirectory(Path.Combine(Root, name)).FullName;

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
