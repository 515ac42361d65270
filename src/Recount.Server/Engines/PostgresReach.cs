using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Recount.Server.Engines;

/// <summary>
/// Makes PostgreSQL's programs reachable for the user they run as: a checkout below a closed home directory is not, so
/// they are copied once to a place that everybody can read and only root can write.
/// </summary>
internal static class PostgresReach
{
    private const string CopiesDirectory = "/var/cache/recount/engines";
    private const UnixFileMode ReadableByAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <exception cref="IOException">They cannot be copied, or cannot be run from there either.</exception>
    public static PostgresBinaries Ensure(PostgresBinaries binaries, ChildIdentity identity)
    {
        if (identity.Uid is null || Runs(binaries, identity))
        {
            return binaries;
        }

        var installation = Path.GetDirectoryName(binaries.BinDirectory)!;
        var name = $"{installation}:{File.GetLastWriteTimeUtc(binaries.Postgres).Ticks}";
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..12];
        var target = Path.Combine(CopiesDirectory, $"postgres-{binaries.Version}-{hash}");
        if (!Directory.Exists(target))
        {
            Copy(installation, target);
        }

        var copied = binaries with { BinDirectory = Path.Combine(target, "bin") };
        return Runs(copied, identity) ? copied : throw new IOException(
            $"User {identity.Uid} can run PostgreSQL neither in '{installation}' nor in '{target}'. Name a directory that "
            + "it can reach in Database:Embedded:BinDirectory.");
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(CopiesDirectory, ReadableByAll);
        var temporary = $"{to}.{Guid.NewGuid():N}";
        Run("cp", "-a", from, temporary);
        Run("chown", "-R", "0:0", temporary);
        Run("chmod", "-R", "a+rX,go-w", temporary);
        try
        {
            Directory.Move(temporary, to);
        }
        catch (IOException) when (Directory.Exists(to))
        {
            // Another process made the same copy first.
            Directory.Delete(temporary, recursive: true);
        }
    }

    private static bool Runs(PostgresBinaries binaries, ChildIdentity identity)
    {
        var info = identity.StartInfo(binaries.Postgres, "/", "KILL");
        info.ArgumentList.Add("--version");
        using var process = Process.Start(info)!;
        process.StandardInput.Close();
        _ = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new IOException($"{program} failed: {errors.Trim()}");
        }
    }
}
