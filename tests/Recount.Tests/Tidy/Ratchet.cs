using System.Globalization;

namespace Recount.Tests.Tidy;

/// <summary>
/// Files and methods over what is easily read, each with its size today. The list may only shrink: nothing on it grows,
/// nothing new comes to it, and what became smaller is lowered or taken out.
/// </summary>
internal static class Ratchet
{
    public const string ListPath = "tests/Recount.Tests/Tidy/ratchet.txt";
    public const int FileLines = 200;
    public const int FileLinesAtMost = 400;
    public const int MethodLines = 25;
    public const int MethodLinesAtMost = 70;

    private static readonly string[] Sources =
        [".cs", ".razor", ".sql", ".ts", ".mts", ".mjs", ".css", ".html", ".sh"];

    /// <summary>What is over the soft limits now: files, then methods, by path.</summary>
    public static IEnumerable<Measured> Measure()
    {
        var files = Repository.Files.Where(file => Sources.Contains(Path.GetExtension(file.Path))).ToArray();
        var longFiles = files
            .Where(file => file.LineCount > FileLines)
            .Select(file => new Measured("file", file.Path, file.LineCount, 1));
        var longMethods = files
            .Where(file => Path.GetExtension(file.Path) == ".cs")
            .SelectMany(file => CSharpMethod.In(file)
                .Where(method => method.Lines > MethodLines)
                .GroupBy(method => method.Name)
                .Select(overloads => overloads.MaxBy(method => method.Lines)!)
                .Select(method => new Measured("method", $"{file.Path}:{method.Name}", method.Lines, method.Line)));
        return longFiles.Concat(longMethods)
            .OrderBy(measured => measured.Kind, StringComparer.Ordinal)
            .ThenBy(measured => measured.Key, StringComparer.Ordinal);
    }

    /// <summary>The committed list; lines that begin with # are comments.</summary>
    public static IReadOnlyDictionary<string, int> Listed(string text) => text.Split('\n')
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split(' '))
        .ToDictionary(
            words => $"{words[0]} {words[2]}", words => int.Parse(words[1], CultureInfo.InvariantCulture));

    /// <summary>Where measures and the list differ, as what to do about it.</summary>
    public static IEnumerable<Finding> Compare(
        IReadOnlyCollection<Measured> measures, IReadOnlyDictionary<string, int> listed)
    {
        foreach (var measured in measures)
        {
            var size = listed.GetValueOrDefault($"{measured.Kind} {measured.Key}");
            var path = measured.Key.Split(':')[0];
            if (size == 0)
            {
                yield return new Finding(
                    path, measured.Line, $"{measured.Key} has {measured.Lines} lines: split what does not belong together.");
            }
            else if (measured.Lines > size)
            {
                yield return new Finding(
                    path, measured.Line, $"{measured.Key} grew from {size} to {measured.Lines} lines.");
            }
            else if (measured.Lines < size)
            {
                yield return new Finding(
                    path, measured.Line, $"{measured.Key} has {measured.Lines} lines now: lower it in {ListPath}.");
            }
        }

        var names = measures.Select(measured => $"{measured.Kind} {measured.Key}").ToHashSet();
        foreach (var gone in listed.Keys.Where(name => !names.Contains(name)))
        {
            yield return new Finding(ListPath, 1, $"{gone} is no longer long: take its line out.");
        }
    }

    /// <param name="Kind"><c>file</c> or <c>method</c>.</param>
    /// <param name="Key">Path, with <c>:Type.Method</c> for a method.</param>
    /// <param name="Lines">Its size.</param>
    /// <param name="Line">Where it begins.</param>
    public sealed record Measured(string Kind, string Key, int Lines, int Line);
}
