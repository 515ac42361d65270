using System.Collections.Frozen;
using System.Reflection;

namespace Recount.Primitives;

/// <summary>
/// Files that an assembly carries, so that the executable needs none beside it: what the web workspace built, and migrations.
/// </summary>
public sealed class EmbeddedFiles
{
    private readonly FrozenDictionary<string, EmbeddedFile> files;

    /// <param name="assembly">The assembly that carries the files.</param>
    /// <param name="prefix">Beginning of their logical names; what follows is the path, with <c>/</c>.</param>
    public EmbeddedFiles(Assembly assembly, string prefix)
    {
        var contents = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(name => name[prefix.Length..].Replace('\\', '/'), name => Read(assembly, name));
        files = contents
            .Where(file => !EmbeddedFile.IsCompressed(file.Key))
            .ToFrozenDictionary(
                file => file.Key,
                file => new EmbeddedFile(
                    file.Key,
                    file.Value,
                    contents.GetValueOrDefault(file.Key + EmbeddedFile.BrotliExtension),
                    contents.GetValueOrDefault(file.Key + EmbeddedFile.GzipExtension)));
    }

    public IEnumerable<EmbeddedFile> All => files.Values;

    /// <returns>Null when there is no such file.</returns>
    public EmbeddedFile? Find(string path) => files.GetValueOrDefault(path);

    private static byte[] Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
