using System.Text.RegularExpressions;

namespace Recount.Tests.Tidy;

public sealed class DocumentationTests
{
    private const string PublicType =
        @"^ *public (?:(?:static|sealed|abstract|readonly|partial|ref|unsafe) )*(?:class|struct|record|interface|enum|delegate)\b[^\n]*";

    private const string OptionProperty = @"^ *public (?:required )?[\w<>?.]+ (?<name>\w+) \{ get; init; \}";

    [Fact]
    public void Every_public_type_of_the_wire_formats_says_what_it_is() =>
        Finding.None(Repository.Below("src/Recount.Wire/", ".cs").SelectMany(file => Undocumented(file, PublicType)));

    [Fact]
    public void Every_option_says_what_it_does() => Finding.None(
        Repository.Below("src/", ".cs")
            .Where(file => file.Name.EndsWith("Options.cs", StringComparison.Ordinal))
            .SelectMany(file => Undocumented(file, OptionProperty)));

    [Fact]
    public void Every_link_between_documents_leads_somewhere() => Finding.None(
        from file in Repository.Below("", ".md")
        from Match link in Regex.Matches(file.Text, @"\]\((?!https?:|mailto:|#)(?<to>[^)#\s]+)[^)]*\)")
        let target = Path.GetFullPath(Path.Combine(Repository.Root, file.Folder, link.Groups["to"].Value))
        where !File.Exists(target) && !Directory.Exists(target)
        select file.At(link.Index, $"{link.Groups["to"].Value} is not there."));

    // A document that names a file which has moved sends its reader into the dark.
    [Fact]
    public void Every_source_that_a_document_names_is_there() => Finding.None(
        from file in Repository.Below("", ".md")
        from Match name in Regex.Matches(file.Text, @"`(?<path>(?:src|tests|web|engines|docs|benchmarks|scripts)/[\w./-]+)`")
        let target = Path.Combine(Repository.Root, name.Groups["path"].Value)
        where !File.Exists(target) && !Directory.Exists(target)
        select file.At(name.Index, $"{name.Groups["path"].Value} is not there."));

    /// <summary>Declarations without a documentation comment above them and their attributes.</summary>
    internal static IEnumerable<Finding> Undocumented(SourceFile file, string declaration)
    {
        var lines = file.Text.Split('\n');
        foreach (Match match in Regex.Matches(file.CSharp.Code, declaration, RegexOptions.Multiline))
        {
            var above = file.LineOf(match.Index) - 2;
            while (above >= 0 && lines[above].TrimStart().StartsWith('['))
            {
                above--;
            }

            if (above < 0 || !lines[above].TrimStart().StartsWith("///", StringComparison.Ordinal))
            {
                yield return file.At(match.Index, $"'{match.Value.Trim()}' has no documentation.");
            }
        }
    }
}
