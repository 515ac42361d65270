using System.Text.Json.Nodes;

namespace Recount.Tests.Contracts;

/// <summary>The documents that other programs rely on.</summary>
internal static class Documents
{
    private static readonly string Root = Find();

    public static string Path(string name) => System.IO.Path.Combine(Root, name);

    public static string Text(string name) => File.ReadAllText(Path(name));

    public static byte[] Bytes(string name) => File.ReadAllBytes(Path(name));

    public static JsonObject Json(string name) => JsonNode.Parse(Text(name))!.AsObject();

    private static string Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(directory.FullName, "Recount.slnx")))
            {
                return System.IO.Path.Combine(directory.FullName, "docs");
            }
        }

        throw new DirectoryNotFoundException("The repository's docs were not found above the test's directory.");
    }
}
