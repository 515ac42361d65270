using System.Text.RegularExpressions;

namespace Recount.Tests.Tidy;

/// <summary>Which form of a file a rule reads.</summary>
internal enum Form
{
    /// <summary>As it is.</summary>
    Text,

    /// <summary>Without comments; of files other than C#, as it is.</summary>
    Commentless,

    /// <summary>Without comments and the content of strings; of files other than C#, as it is.</summary>
    Code,
}

/// <summary>A word nobody writes, where not, and what to do instead.</summary>
/// <param name="Pattern">A regular expression over one form of the file.</param>
/// <param name="Form">The form.</param>
/// <param name="Where">A regular expression over the path from the repository's root.</param>
/// <param name="Instead">The sentence that the finding ends with.</param>
internal sealed record BannedWord(string Pattern, Form Form, string Where, string Instead)
{
    private const string Sources = @"\.(cs|razor|sql|ts|mts|mjs|css|html|sh)$|^(start|test|recount|bench)$";
    private const string WebSource = @"^web/\w+/(src|html)/";

    public static readonly IReadOnlyList<BannedWord> All =
    [
        new(@"\b(TODO|FIXME|HACK|XXX)\b", Form.Text, Sources, "Do it, or say in a decision why not."),
        new(
            @"\b(class|record|struct|interface|enum)\s+(struct\s+|class\s+)?\w*(Manager|Helper|Helpers|Util|Utils|Utility|Common)\b",
            Form.Code, @"\.(cs|ts)$", "Name the type by what it does."),
        new(@"(?i)\w*purge\w*", Form.Code, @"\.(cs|ts|mjs)$", "A backlog is parked, data is erased by a plan."),
        new(@"(?i)\bpurge_?\w*", Form.Commentless, @"\.sql$", "A backlog is parked, data is erased by a plan."),
        new(
            @"\bDateTime(Offset)?\.(UtcNow|Now|Today)\b|\bStopwatch\.(StartNew|GetTimestamp)\b|\bEnvironment\.TickCount",
            Form.Code, @"^src/.*\.(cs|razor)$", "Time comes from TimeProvider."),
        new(
            @"(?i)\b((now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\(\s*\)|current_timestamp|localtimestamp|current_date)(?!\w)",
            Form.Commentless, @"^src/.*\.(cs|sql)$", "SQL takes time as a parameter."),
        new(@"\b(inner|outer)HTML\b|\binsertAdjacentHTML\b|\bdocument\.write(ln)?\b", Form.Text, WebSource,
            "Recorded strings are text: set textContent or build elements."),
        new(@"\beval\(|\bnew Function\(", Form.Text, WebSource, "The pages' policy allows no such script."),
        new(@"\bThread\.Sleep\b", Form.Code, @"\.cs$", "Wait for a condition."),
        new(
            @"\bawait Task\.Delay\(\s*(\d|TimeSpan\.From\w+\(\s*\d)", Form.Code, @"^tests/.*\.cs$",
            "Wait for the condition itself, with a limit."),
        new(@"\[\s*(Fact|Theory)\s*\([^\]]*\bSkip\s*=", Form.Code, @"^tests/.*\.cs$", "A test runs or it goes."),
        new(
            @"\b(describe|it|test)\.(skip|only|todo)\b", Form.Text, @"^web/.*\.ts$", "A test runs or it goes."),
        new(
            @"(?<![\w/.:])/(work|root|home|Users)/\w", Form.Text, ".*", "A path of one machine: make it relative."),
        new(@"(?<![\w.])[A-Z]:\\\w", Form.Text, Sources, "A path of one machine: make it relative."),
        new(@"""resolved"": ""http", Form.Text, @"package-lock\.json$", "Lock files name no registry."),
        new(@"\bFile\.Move\b|\.Flush\(true\)|\bFlushToDisk\b", Form.Code, @"^src/.*\.cs$", "It hides errors: use DurableFile."),
        new(@"\basync\s+void\b", Form.Code, @"^src/.*\.cs$", "Nobody sees it fail."),
        new(@"\bhttps?://(cdn|unpkg|fonts)\.", Form.Text, @"^(src|web)/.*\.(cs|razor|ts|mjs|html|css)$",
            "The installation asks no other server."),
    ];

    // The rules name the words, and their tests hold them as samples.
    public static bool IsExempt(string path) => path.StartsWith("tests/Recount.Tests/Tidy/", StringComparison.Ordinal);

    public IEnumerable<Finding> In(SourceFile file)
    {
        if (!Regex.IsMatch(file.Path, Where))
        {
            return [];
        }

        var isCSharp = Path.GetExtension(file.Path) == ".cs";
        var text = isCSharp && Form == Form.Code ? file.CSharp.Code
            : isCSharp && Form == Form.Commentless ? file.CSharp.Commentless
            : file.Text;
        return file.Matches(text, Pattern, match => $"'{match.Value.Trim()}'. {Instead}");
    }
}
