using System.Collections.Frozen;
using System.Reflection;

namespace Recount.Primitives;

/// <summary>Files that the web workspace built and the assembly carries, so that the executable needs none beside it.</summary>
public sealed class EmbeddedFiles
{
    private static readonly FrozenDictionary<string, string> MediaTypes = new Dictionary<string, string>
    {
        [".css"] = "text/css; charset=utf-8",
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".json"] = "application/json",
        [".svg"] = "image/svg+xml",
    }.ToFrozenDictionary();

    private readonly FrozenDictionary<string, byte[]> files;

    /// <param name="assembly">The assembly that carries the files.</param>
    /// <param name="prefix">Beginning of their logical names; what follows is the path, with <c>/</c>.</param>
    public EmbeddedFiles(Assembly assembly, string prefix)
    {
        files = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(name => name[prefix.Length..].Replace('\\', '/'), name => Read(assembly, name));
    }

    /// <returns>Null when there is no such file.</returns>
    public byte[]? Find(string path) => files.GetValueOrDefault(path);

    public static string MediaTypeOf(string path) =>
        MediaTypes.GetValueOrDefault(Path.GetExtension(path), "application/octet-stream");

    private static byte[] Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
