namespace Recount.Tests.Tidy;

public sealed class WordTests
{
    [Fact]
    public void Nobody_writes_a_banned_word() => Finding.None(
        from file in Repository.Files
        where !BannedWord.IsExempt(file.Path)
        from word in BannedWord.All
        from finding in word.In(file)
        select finding);

    [Fact]
    public void Markup_from_a_string_is_made_in_one_place() => Finding.None(
        Repository.Below("src/", ".razor", ".cs")
            .Where(file => file.Path != "src/Recount.Ui/Components/Icon.razor")
            .SelectMany(file => file.Matches(
                file.Text, @"\bMarkupString\b|\bAddMarkupContent\b", _ => "Strings are text; only icons are markup.")));
}
