using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Recount.Primitives;

namespace Recount.Access;

/// <summary>
/// Keys of ASP.NET Core's data protection in <c>keys/</c>. The framework's own file repository renames without fsync:
/// after a power loss a key may be gone or empty, and every cookie with it.
/// </summary>
internal sealed class DurableKeyRepository(IFileSystem files, DataDirectory data) : IXmlRepository
{
    private const string Prefix = "protection-";
    private const string Suffix = ".xml";

    private string Directory => Path.Combine(data.Root, "keys");

    public IReadOnlyCollection<XElement> GetAllElements() => files.List(Directory)
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)
            && name.EndsWith(Suffix, StringComparison.Ordinal))
        .Select(name => XElement.Parse(Encoding.UTF8.GetString(
            DurableFile.Read(files, Path.Combine(Directory, name)) ?? [])))
        .ToList();

    public void StoreElement(XElement element, string friendlyName)
    {
        var path = Path.Combine(Directory, $"{Prefix}{Guid.NewGuid():N}{Suffix}");
        DurableFile.Replace(files, path, Encoding.UTF8.GetBytes(element.ToString(SaveOptions.DisableFormatting)));
    }
}
