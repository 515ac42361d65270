using System.Text.RegularExpressions;

namespace Recount.Tests.Tidy;

/// <summary>Compares the table of metrics in <c>docs/operating.md</c> with what the sources measure.</summary>
public sealed partial class MetricsTableTests
{
    [Fact]
    public void The_table_of_metrics_is_what_is_measured()
    {
        var documented = Row().Matches(Repository.File("docs/operating.md").Text).Select(row => row.Groups[1].Value).Order();
        var measured = Repository.Below("src/", ".cs")
            .SelectMany(file => Instrument().Matches(file.Text))
            .Select(instrument => instrument.Groups[1].Value)
            .Order();

        Assert.Equal(measured, documented);
    }

    [GeneratedRegex(@"^\| `(recount\.[\w.]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"\.Create\w+(?:<\w+>)?\(\s*""(recount\.[\w.]+)""")]
    private static partial Regex Instrument();
}
