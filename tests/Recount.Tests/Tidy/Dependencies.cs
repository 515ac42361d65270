using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Recount.Tests.Tidy;

/// <summary>What a part of the code may use.</summary>
/// <param name="Part">Its namespace, everything below it included.</param>
/// <param name="MayUse">Namespaces, everything below them included, or single types (<c>Namespace:Type</c>).</param>
internal sealed record DependencyRule(string Part, params string[] MayUse);

/// <summary>The table of <c>ARCHITECTURE.md</c>, as data. A part that is not in it may use nothing.</summary>
internal static partial class Dependencies
{
    /// <summary>What every capability with endpoints may know of who asks, and how refusals look.</summary>
    private static readonly string[] Callers =
    [
        "Recount.Access:AccountAccess", "Recount.Access:AccessPrincipal", "Recount.Access:AccessPolicies",
        "Recount.Access:ApiProblem", "Recount.Access:CrossSite",
    ];

    public static readonly IReadOnlyList<DependencyRule> Table =
    [
        new("Recount.Wire"),
        new("Recount.Primitives"),
        new("Recount.Database", "Recount.Primitives"),
        new("Recount.ObjectStore", "Recount.Primitives"),
        new("Recount.Access", "Recount.Primitives", "Recount.Database"),
        new(
            "Recount.Capture",
            [
                "Recount.Primitives", "Recount.Wire", "Recount.ObjectStore", "Recount.Access:CaptureKey",
                "Recount.Access:KeySnapshot", "Recount.Access:KeySnapshotCache", "Recount.Access:AppStore", .. Callers,
            ]),
        new(
            "Recount.Recordings",
            [
                "Recount.Primitives", "Recount.Wire", "Recount.ObjectStore", "Recount.Database",
                "Recount.Capture.Intake", .. Callers,
            ]),
        new(
            "Recount.Replay",
            [
                "Recount.Primitives", "Recount.Wire", "Recount.Database", "Recount.Recordings.Reading",
                "Recount.Recordings:SessionQueries", "Recount.Recordings.Index:PageId",
                "Recount.Recordings.Index:IndexedChunk", "Recount.Recordings.Index:ChunkStore",
                "Recount.Recordings.Seal:ProvenPart", "Recount.Recordings.Seal:PartStore",
                "Recount.Access:SignInStore", .. Callers,
            ]),
        new(
            "Recount.Demo",
            "Recount.Primitives", "Recount.Access", "Recount.Database:DatabaseUnavailableException"),
        new(
            "Recount.Doctor",
            "Recount.Primitives", "Recount.Wire", "Recount.ObjectStore", "Recount.Database", "Recount.Access",
            "Recount.Recordings"),
        new(
            "Recount.Ui",
            "Recount.Primitives", "Recount.Access", "Recount.Capture", "Recount.Recordings", "Recount.Replay",
            "Recount.Database:DatabaseUnavailableException"),
        new(
            "Recount.Server",
            "Recount.Primitives", "Recount.Wire", "Recount.Database", "Recount.ObjectStore", "Recount.Access",
            "Recount.Capture", "Recount.Recordings", "Recount.Replay", "Recount.Demo", "Recount.Doctor", "Recount.Ui"),
    ];

    /// <summary>
    /// Files beside <c>Database</c>, the stores (<c>XStore.cs</c>) and the embedded engine that may speak to PostgreSQL,
    /// each with its reason.
    /// </summary>
    public static readonly FrozenDictionary<string, string> SpeakToPostgres = new Dictionary<string, string>
    {
        ["src/Recount/Access/FirstRun.cs"] = "creates the owner and the account in one transaction",
        ["src/Recount/Access/RecoveredAccounts.cs"] = "gives back accounts in one transaction",
        ["src/Recount/Access/KeySnapshotWorker.cs"] = "listens for changed keys",
        ["src/Recount/Recordings/Worker.cs"] = "tells an outage from a mistake",
        ["src/Recount/Recordings/Index/Indexer.cs"] = "one transaction over several stores",
        ["src/Recount/Recordings/Index/DeferredFrames.cs"] = "keeps what is indexed later, in the indexer's transaction",
        ["src/Recount/Recordings/Quarantine/QuarantineReread.cs"] = "makes chunks of frames that are read again, in one transaction",
        ["src/Recount/Recordings/Index/IntakeFollower.cs"] = "asks which intake objects are known",
        ["src/Recount/Recordings/Seal/PageSealer.cs"] = "one transaction over several stores",
        ["src/Recount/Recordings/Seal/SealWorker.cs"] = "asks which pages have unsealed chunks",
        ["src/Recount/Recordings/Release/Releaser.cs"] = "asks what is proven",
        ["src/Recount/Recordings/Release/ReleaseWorker.cs"] = "asks which intake objects are old enough",
        ["src/Recount/Recordings/Summaries/SummaryWorker.cs"] = "asks which sessions changed",
        ["src/Recount/Recordings/Reading/SessionReader.cs"] = "one snapshot over several stores",
        ["src/Recount/Recordings/Conservation/ConservationDeltas.cs"] = "adds to the transaction it is given",
        ["src/Recount/Recordings/Conservation/IntakeAuditor.cs"] = "counts what was accepted, apart from the indexer",
        ["src/Recount/Recordings/Rebuild/ReleasedIntake.cs"] = "writes into the transaction of a rebuild",
        ["src/Recount/Replay/BlockReader.cs"] = "asks which chunk of a page is in the intake",
        ["src/Recount/Replay/ReplayReports.cs"] = "keeps what players report",
        ["src/Recount/Doctor/DoctorChecks.cs"] = "asks what the database holds",
    }.ToFrozenDictionary();

    private static readonly Lazy<ILookup<string, string>> TypesByNamespace = new(() =>
        Repository.Below("src/", ".cs")
            .SelectMany(file => TypeDeclaration().Matches(file.CSharp.Code)
                .Select(type => (Namespace: NamespaceOf(file) ?? "", Name: type.Groups[1].Value)))
            .ToLookup(type => type.Namespace, type => type.Name));

    /// <summary>Namespace of a C# file, from its declaration; of a Razor file, from where it lies.</summary>
    public static string? NamespaceOf(SourceFile file) =>
        Path.GetExtension(file.Path) == ".razor"
            ? file.Folder["src/".Length..].Replace('/', '.')
            : NamespaceDeclaration().Match(file.CSharp.Code) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>What a file uses that its part may not.</summary>
    public static IEnumerable<Finding> Forbidden(SourceFile file)
    {
        var home = NamespaceOf(file) ?? "Recount.Server";
        var rule = Table.SingleOrDefault(candidate => IsWithin(home, candidate.Part))
            ?? new DependencyRule("Recount." + home.Split('.').ElementAtOrDefault(1));
        var code = Path.GetExtension(file.Path) == ".razor" ? file.Text : file.CSharp.Code;
        return Named(file, code, rule).Concat(Imported(file, code, rule));
    }

    // Every name with a part of ours in it: usings, and full or half names in code.
    private static IEnumerable<Finding> Named(SourceFile file, string code, DependencyRule rule)
    {
        foreach (Match match in QualifiedName().Matches(code))
        {
            var name = match.Value.StartsWith("Recount.", StringComparison.Ordinal) ? match.Value : "Recount." + match.Value;
            var isImport = UsingBefore().IsMatch(code.AsSpan(LineStart(code, match.Index)..match.Index));
            var isAllowed = IsWithin(name, rule.Part)
                || rule.MayUse.Any(may => IsWithin(name, may.Replace(':', '.')))
                || (isImport && rule.MayUse.Any(may => may.StartsWith(name + ":", StringComparison.Ordinal)));
            if (!isAllowed && Table.Any(other => IsWithin(name, other.Part)))
            {
                yield return file.At(match.Index, $"{rule.Part} may not use {name}.");
            }
        }
    }

    // The single types that come with an import of a namespace of which only some are allowed.
    private static IEnumerable<Finding> Imported(SourceFile file, string code, DependencyRule rule)
    {
        foreach (Match import in Import().Matches(code))
        {
            var name = import.Groups[1].Value;
            var allowed = rule.MayUse
                .Where(may => may.StartsWith(name + ":", StringComparison.Ordinal))
                .Select(may => may[(name.Length + 1)..])
                .ToArray();
            if (allowed.Length == 0 || rule.MayUse.Contains(name))
            {
                continue;
            }

            foreach (var type in TypesByNamespace.Value[name].Except(allowed))
            {
                foreach (Match use in Regex.Matches(code, $@"(?<![\w.]){type}(?=\s*[.(<>?,)\[]|\s+\w+\s*[,)=;])"))
                {
                    yield return file.At(use.Index, $"{rule.Part} may not use {name}.{type}.");
                }
            }
        }
    }

    private static bool IsWithin(string name, string part) =>
        name == part || name.StartsWith(part + ".", StringComparison.Ordinal);

    private static int LineStart(string code, int index) => index == 0 ? 0 : code.LastIndexOf('\n', index - 1) + 1;

    [GeneratedRegex(@"^\s*namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceDeclaration();

    [GeneratedRegex(@"\b(?:class|struct|record|interface|enum|delegate\s+[\w<>?]+)\s+(?:struct\s+|class\s+)?(\w+)")]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(
        @"(?<![\w.])Recount(?:\.\w+)+|(?<![\w.])(?:Access|Capture|Recordings|Replay|Database|ObjectStore|Wire|Ui|Server)\.[A-Z]\w+(?:\.\w+)*")]
    private static partial Regex QualifiedName();

    [GeneratedRegex(@"^\s*(?:global\s+)?@?using\s+(?:static\s+|\w+\s*=\s*)?$")]
    private static partial Regex UsingBefore();

    [GeneratedRegex(@"^\s*@?using\s+(Recount\.[\w.]+)\s*;?\s*$", RegexOptions.Multiline)]
    private static partial Regex Import();
}
