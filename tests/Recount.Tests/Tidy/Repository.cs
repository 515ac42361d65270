using System.Text.RegularExpressions;

namespace Recount.Tests.Tidy;

/// <summary>The sources as they lie in the checkout that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>Directory of <c>Recount.slnx</c>.</summary>
    public static string Root { get; } = FindRoot();

    private static readonly string[] NotSources =
        ["bin", "obj", "node_modules", "dist", "data", ".git", ".state", "artifacts", "results"];

    private static readonly string[] TextFiles =
    [
        ".cs", ".razor", ".sql", ".ts", ".mts", ".mjs", ".css", ".html", ".json", ".md", ".sh", ".props", ".csproj",
        ".slnx", ".txt", "",
    ];

    private static readonly Lazy<IReadOnlyList<SourceFile>> All = new(() => [.. Read(Root)]);

    /// <summary>Every text file; paths are relative to the root, with <c>/</c>.</summary>
    public static IReadOnlyList<SourceFile> Files => All.Value;

    /// <summary>Files below a folder, or below the root with an empty one, whose extension is among those given.</summary>
    public static IEnumerable<SourceFile> Below(string folder, params string[] extensions) => Files.Where(file =>
        file.Path.StartsWith(folder, StringComparison.Ordinal)
        && (extensions.Length == 0 || extensions.Contains(Path.GetExtension(file.Path))));

    public static SourceFile File(string path) =>
        Files.SingleOrDefault(file => file.Path == path)
        ?? throw new FileNotFoundException($"{path} is not in the repository.");

    private static IEnumerable<SourceFile> Read(string directory)
    {
        foreach (var path in Directory.EnumerateFiles(directory).Order(StringComparer.Ordinal))
        {
            if (TextFiles.Contains(Path.GetExtension(path)) && Path.GetFileName(path) != ".git")
            {
                yield return new SourceFile(
                    Path.GetRelativePath(Root, path), System.IO.File.ReadAllText(path).ReplaceLineEndings("\n"));
            }
        }

        foreach (var child in Directory.EnumerateDirectories(directory).Order(StringComparer.Ordinal))
        {
            if (NotSources.Contains(Path.GetFileName(child)))
            {
                continue;
            }

            foreach (var file in Read(child))
            {
                yield return file;
            }
        }
    }

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !System.IO.File.Exists(Path.Combine(directory.FullName, "Recount.slnx")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName
            ?? throw new DirectoryNotFoundException("The tests read the sources and run inside the checkout only.");
    }
}

/// <summary>One text file.</summary>
/// <param name="Path">From the root of the repository.</param>
/// <param name="Text">Its text, lines ended by a line feed.</param>
internal sealed record SourceFile(string Path, string Text)
{
    private CSharpText? masked;

    public string Name => System.IO.Path.GetFileName(Path);

    public string Folder => System.IO.Path.GetDirectoryName(Path) ?? "";

    public int LineCount => Text.Count(character => character == '\n');

    /// <summary>The file read as C#.</summary>
    public CSharpText CSharp => masked ??= CSharpText.Of(Text);

    /// <summary>Where a pattern matches in the given form of this file's text.</summary>
    public IEnumerable<Finding> Matches(string text, string pattern, Func<Match, string> message) =>
        Regex.Matches(text, pattern, RegexOptions.Multiline).Select(match => At(match.Index, message(match)));

    /// <summary>A finding at a place of the text.</summary>
    public Finding At(int index, string message) => new(Path, LineOf(index), message);

    public int LineOf(int index) => Text.AsSpan(0, index).Count('\n') + 1;
}

/// <summary>Something that breaks a rule.</summary>
internal sealed record Finding(string Path, int Line, string Message)
{
    /// <summary>Fails with one line per finding, or not at all.</summary>
    public static void None(IEnumerable<Finding> findings)
    {
        var lines = findings.Select(finding => $"{finding.Path}:{finding.Line}: {finding.Message}").ToArray();
        Assert.True(lines.Length == 0, string.Join('\n', lines.Prepend($"{lines.Length} findings:")));
    }
}
