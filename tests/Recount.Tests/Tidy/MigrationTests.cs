using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Recount.Tests.Tidy;

public sealed class MigrationTests
{
    private const string Folder = "src/Recount/Database/Migrations/";
    private const string ListPath = "tests/Recount.Tests/Tidy/released-migrations.txt";

    [Fact]
    public void A_migration_is_named_by_its_number_and_its_effect() => Finding.None(
        from path in Directory.EnumerateFiles(Path.Combine(Repository.Root, Folder)).Order()
        where !Regex.IsMatch(Path.GetFileName(path), @"^\d{4}_[a-z0-9]+(_[a-z0-9]+)*\.sql$")
        select new Finding(Folder + Path.GetFileName(path), 1, "NNNN_effect.sql, lower case with underscores."));

    [Fact]
    public void A_migration_has_a_number_of_its_own()
    {
        var numbers = Repository.Below(Folder).Select(file => file.Name[..4]).ToArray();
        Assert.NotEmpty(numbers);
        Assert.Equal(numbers.Distinct(), numbers);
    }

    [Fact]
    public void A_released_migration_is_never_changed()
    {
        var listed = Released();
        foreach (var (name, hash) in listed)
        {
            Assert.Equal(hash, HashOf(Repository.File(Folder + name)));
        }

        // A migration that comes before a released one would not run where that one already has.
        var last = listed.Keys.Max(StringComparer.Ordinal);
        Assert.Empty(Repository.Below(Folder)
            .Where(file => !listed.ContainsKey(file.Name) && string.CompareOrdinal(file.Name, last) < 0)
            .Select(file => file.Path));
    }

    [Fact]
    public void A_release_lists_its_migrations()
    {
        var isReleased = Regex.IsMatch(
            Repository.File("CHANGELOG.md").Text, @"^## \[\d", RegexOptions.Multiline);
        Assert.Equal(isReleased, Released().Count > 0);
    }

    private static Dictionary<string, string> Released() => Repository.File(ListPath).Text.Split('\n')
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split("  "))
        .ToDictionary(words => words[1], words => words[0]);

    private static string HashOf(SourceFile file) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(file.Text)));
}
