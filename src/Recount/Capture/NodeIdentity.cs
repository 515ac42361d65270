using System.Text;
using Recount.Primitives;

namespace Recount.Capture;

/// <summary>The node's id: made once, kept in the data directory.</summary>
public static class NodeIdentity
{
    /// <exception cref="InvalidDataException">The file holds no id; a guess would start a second chain of objects.</exception>
    public static Guid Of(IFileSystem files, string root)
    {
        var path = Path.Combine(root, "node");
        DurableFile.PutOnce(files, path, () => Encoding.UTF8.GetBytes(Guid.NewGuid().ToString("D")));
        var text = Encoding.UTF8.GetString(DurableFile.Read(files, path) ?? []).Trim();
        return Guid.TryParseExact(text, "D", out var node)
            ? node
            : throw new InvalidDataException($"'{path}' should hold this node's id (a UUID) and holds '{text}'.");
    }
}
