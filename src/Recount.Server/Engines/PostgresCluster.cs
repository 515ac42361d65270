using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Recount.Database;
using Recount.Primitives;

namespace Recount.Server.Engines;

/// <summary>
/// The embedded cluster's files below <c>postgres/</c>: <c>data</c> (PostgreSQL's own, complete whenever it exists) and
/// <c>secret</c>, from which the passwords of its roles come.
/// </summary>
internal sealed class PostgresCluster(IFileSystem files, string directory)
{
    private const string InitUser = "nobody";
    private const uint InitUid = 65534;
    private const int SecretBytes = 32;
    private string SecretPath => Path.Combine(directory, "secret");

    /// <summary>PostgreSQL's data directory.</summary>
    public string Data => Path.Combine(directory, "data");

    /// <summary>PG_VERSION of the cluster, or null when there is none yet.</summary>
    public int? Major => File.Exists(Path.Combine(Data, "PG_VERSION"))
        ? int.Parse(File.ReadAllText(Path.Combine(Data, "PG_VERSION")).Trim(), CultureInfo.InvariantCulture)
        : null;

    /// <summary>The role's password: stable, different for each role, and nowhere but here and in PostgreSQL.</summary>
    public string Password(string role)
    {
        var secret = DurableFile.Read(files, SecretPath) ?? throw new DatabaseRefusedException(
            $"'{SecretPath}' is gone: without it nobody can sign in to the embedded PostgreSQL. Restore it from a backup.");
        return Convert.ToHexStringLower(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(role)));
    }

    /// <summary>Makes the cluster unless it is there; a cluster that was begun and not finished is begun again.</summary>
    /// <exception cref="IOException">initdb failed; the message holds what it said.</exception>
    public void Create(PostgresBinaries binaries, ChildIdentity identity, string socketDirectory)
    {
        if (Directory.Exists(Data))
        {
            return;
        }

        var begun = Path.Combine(directory, "begun");
        if (Directory.Exists(begun))
        {
            Directory.Delete(begun, recursive: true);
        }

        files.CreateDirectory(directory);
        files.CreateDirectory(begun);
        DurableFile.Replace(files, SecretPath, RandomNumberGenerator.GetBytes(SecretBytes));
        File.SetUnixFileMode(SecretPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        RunInitDb(binaries, identity, begun, socketDirectory);
        if (identity.Uid is { } uid)
        {
            Unix.ChangeOwner(begun, uid);
        }

        files.Replace(begun, Data);
        files.SyncDirectory(directory);
    }

    private void RunInitDb(PostgresBinaries binaries, ChildIdentity identity, string target, string socketDirectory)
    {
        // initdb wants a user with a name, which a dedicated id has not: it runs as nobody, and PostgreSQL, which takes
        // any id, gets the files afterwards. The password file lies where that user can reach it.
        var initIdentity = identity.Uid is null ? identity : new ChildIdentity(InitUid);
        var passwordFile = Path.Combine(socketDirectory, "password");
        File.WriteAllText(passwordFile, Password("postgres"));
        File.SetUnixFileMode(passwordFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        try
        {
            if (initIdentity.Uid is { } uid)
            {
                Unix.ChangeOwner(socketDirectory, uid);
                Unix.ChangeOwner(target, uid);
            }

            var info = initIdentity.StartInfo(binaries.InitDb, target, "KILL");
            foreach (var argument in new[]
            {
                "-D", ChildIdentity.OpenedDirectory, "-U", "postgres", "--auth=scram-sha-256", $"--pwfile={passwordFile}",
                "-E", "UTF8", "--locale=C",
            })
            {
                info.ArgumentList.Add(argument);
            }

            Run(info, $"initdb (as {(initIdentity.Uid is null ? "this user" : InitUser)})");
        }
        finally
        {
            File.Delete(passwordFile);
        }
    }

    private static void Run(ProcessStartInfo info, string what)
    {
        using var process = Process.Start(info)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new IOException(
                $"{what} failed with exit code {process.ExitCode}: {errors.Trim()} {output.Result.Trim()}".TrimEnd());
        }
    }
}
