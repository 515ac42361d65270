using System.Text.RegularExpressions;

namespace Recount.Tests.Tidy;

public sealed class DependencyTests
{
    private const string EngineClient = @"^\s*@?using\s+(?:static\s+)?(?:Npgsql\w*|Dapper)\b|(?<![\w.])(?:Npgsql|Dapper)\.";

    private static readonly string[] MayHoldEngineClients = ["src/Recount/Database/", "src/Recount.Server/Engines/"];

    [Fact]
    public void Every_part_uses_only_what_the_dependency_table_lets_it() =>
        Finding.None(Repository.Below("src/", ".cs", ".razor").SelectMany(Dependencies.Forbidden));

    [Fact]
    public void Every_part_of_the_code_has_its_line_in_the_dependency_table()
    {
        var parts = Repository.Below("src/", ".cs")
            .Select(Dependencies.NamespaceOf)
            .OfType<string>()
            .Select(name => string.Join('.', name.Split('.').Take(2)))
            .ToHashSet();
        Assert.Equal(Dependencies.Table.Select(rule => rule.Part).Where(parts.Contains).Order(), parts.Order());
    }

    [Fact]
    public void Namespaces_follow_the_folders() => Finding.None(
        from file in Repository.Below("src/", ".cs").Concat(Repository.Below("tests/", ".cs"))
        let actual = Dependencies.NamespaceOf(file)
        let expected = file.Folder[(file.Folder.IndexOf('/') + 1)..].Replace('/', '.')
        where actual is not null && actual != expected
        select new Finding(file.Path, 1, $"the namespace is {actual}, the folder says {expected}."));

    [Fact]
    public void The_wire_formats_need_the_base_class_library_only()
    {
        var project = Repository.File("src/Recount.Wire/Recount.Wire.csproj");
        Finding.None(project.Matches(project.Text, "<(Package|Project|Framework)Reference", match => match.Value));
        Finding.None(Repository.Below("src/Recount.Wire/", ".cs").SelectMany(file => file.Matches(
            file.CSharp.Code, @"^\s*using\s+(?!System\b|Recount\.Wire\b)[^;(]+;", match => match.Value.Trim())));
    }

    [Fact]
    public void Primitives_need_nothing_beyond_the_shared_framework() =>
        Finding.None(Repository.Below("src/Recount/Primitives/", ".cs").SelectMany(file => file.Matches(
            file.CSharp.Code,
            @"^\s*using\s+(?!System\b|Microsoft\.(AspNetCore|Extensions|Win32)\b|Recount\.Primitives\b)[^;(]+;",
            match => match.Value.Trim())));

    [Fact]
    public void Only_the_database_folder_the_stores_and_a_few_named_files_speak_to_postgres() => Finding.None(
        EngineClientUses()
            .Where(finding => !MayHoldEngineClients.Any(folder => finding.Path.StartsWith(folder, StringComparison.Ordinal)))
            .Where(finding => !finding.Path.EndsWith("Store.cs", StringComparison.Ordinal))
            .Where(finding => !Dependencies.SpeakToPostgres.ContainsKey(finding.Path)));

    [Fact]
    public void No_file_is_listed_to_speak_to_postgres_that_does_not()
    {
        var users = EngineClientUses().Select(finding => finding.Path).ToHashSet();
        Assert.Empty(Dependencies.SpeakToPostgres.Keys.Where(path => !users.Contains(path)).Order());
    }

    [Fact]
    public void The_table_in_the_architecture_document_is_the_one_that_is_checked()
    {
        var document = Repository.File("ARCHITECTURE.md").Text;
        foreach (var rule in Dependencies.Table)
        {
            var row = Regex.Match(document, $@"^\| `{Regex.Escape(rule.Part)}` \| (?<uses>.*) \|$", RegexOptions.Multiline);
            Assert.True(row.Success, $"ARCHITECTURE.md has no row for {rule.Part}.");
            Assert.Equal(
                rule.MayUse.Select(may => may.Replace(':', '.')).Order(),
                Regex.Matches(row.Groups["uses"].Value, "`([^`]+)`").Select(use => use.Groups[1].Value).Order());
        }
    }

    private static IEnumerable<Finding> EngineClientUses() =>
        Repository.Below("src/", ".cs", ".razor").SelectMany(file => file.Matches(
            Path.GetExtension(file.Path) == ".razor" ? file.Text : file.CSharp.Code,
            EngineClient,
            match => $"{match.Value.Trim()} belongs to Database and to stores."));
}
