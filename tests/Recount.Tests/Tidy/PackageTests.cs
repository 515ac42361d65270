using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Recount.Tests.Tidy;

public sealed class PackageTests
{
    private const string Exact = @"^\d+\.\d+\.\d+(\.\d+)?(-[0-9A-Za-z.-]+)?$";
    private static readonly string[] Sections = ["dependencies", "devDependencies", "optionalDependencies", "overrides"];

    [Fact]
    public void Every_nuget_version_is_exact() => Finding.None(
        from package in NuGet()
        where !Regex.IsMatch(package.Version, Exact)
        select new Finding("Directory.Packages.props", 1, $"{package.Name} {package.Version} is not one version."));

    [Fact]
    public void Every_npm_version_is_exact() => Finding.None(
        from file in NpmFiles()
        from package in PackagesIn(file, Sections)
        where !Regex.IsMatch(package.Version, Exact)
        select new Finding(file.Path, 1, $"{package.Name} {package.Version} is not one version."));

    [Fact]
    public void Every_package_and_its_version_is_in_the_list_of_dependencies()
    {
        var list = Repository.File("docs/dependencies.md").Text;
        var named = NuGet().Concat(NpmFiles().SelectMany(file => PackagesIn(file, Sections[..3]))).Distinct();
        Finding.None(
            from package in named
            where !list.Split('\n').Any(line =>
                Regex.IsMatch(line, $@"(?<![\w@/.-]){Regex.Escape(package.Name)}(?![\w/-]|\.\w)") && line.Contains(package.Version))
            select new Finding("docs/dependencies.md", 1, $"{package.Name} {package.Version} has no line."));
    }

    [Fact]
    public void Every_nuget_version_is_used()
    {
        var projects = string.Concat(
            Repository.Files.Where(file => file.Name.EndsWith(".csproj", StringComparison.Ordinal) || file.Name == "Directory.Build.props")
                .Select(file => file.Text));
        Finding.None(
            from package in NuGet()
            where !projects.Contains($"Include=\"{package.Name}\"")
            select new Finding("Directory.Packages.props", 1, $"No project uses {package.Name}."));
    }

    [Fact]
    public void Web_sources_import_only_what_their_package_declares()
    {
        var shared = PackagesIn(Repository.File("web/package.json"), Sections).Select(package => package.Name).ToArray();
        Finding.None(
            from manifest in NpmFiles()
            where manifest.Folder.StartsWith("web/", StringComparison.Ordinal)
            let declared = PackagesIn(manifest, Sections).Select(package => package.Name).Concat(shared).ToHashSet()
            from file in Repository.Below(manifest.Folder + "/", ".ts", ".mts", ".mjs")
            from finding in Imports(file, declared)
            select finding);
    }

    private static IEnumerable<Finding> Imports(SourceFile file, HashSet<string> declared)
    {
        const string import =
            @"^(?:(?:import|export|\})[^'""\n]*\bfrom\s*|import\s+|.*\bimport\(\s*)['""](?<from>[\w@][\w@./:-]*)['""]";
        foreach (Match match in Regex.Matches(file.Text, import, RegexOptions.Multiline))
        {
            var parts = match.Groups["from"].Value.Split('/');
            var package = parts[0].StartsWith('@') ? string.Join('/', parts.Take(2)) : parts[0];
            if (!parts[0].StartsWith("node:", StringComparison.Ordinal) && !declared.Contains(package))
            {
                yield return file.At(match.Groups["from"].Index, $"{package} is not in this package's package.json.");
            }
        }
    }

    private static IEnumerable<Package> NuGet() =>
        XDocument.Parse(Repository.File("Directory.Packages.props").Text)
            .Descendants("PackageVersion")
            .Select(package => new Package(package.Attribute("Include")!.Value, package.Attribute("Version")!.Value));

    private static IEnumerable<SourceFile> NpmFiles() => Repository.Files.Where(file => file.Name == "package.json");

    private static IEnumerable<Package> PackagesIn(SourceFile file, IEnumerable<string> sections)
    {
        using var manifest = JsonDocument.Parse(file.Text);
        return
        [
            .. from section in sections
               where manifest.RootElement.TryGetProperty(section, out _)
               from package in manifest.RootElement.GetProperty(section).EnumerateObject()
               select new Package(package.Name, package.Value.GetString() ?? ""),
        ];
    }

    private sealed record Package(string Name, string Version);
}
