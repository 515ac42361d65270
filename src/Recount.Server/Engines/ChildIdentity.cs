using System.Diagnostics;
using System.Globalization;

namespace Recount.Server.Engines;

/// <summary>
/// Whom a child process runs as, and that it ends with its parent. As root an engine gets a user id of its own without
/// any privilege; otherwise it runs as we do.
/// </summary>
/// <param name="Uid">The user and group id, or null for our own.</param>
internal sealed record ChildIdentity(uint? Uid)
{
    private const string SetPrivileges = "/usr/bin/setpriv";

    /// <summary>
    /// A directory that a child was given as an open file, reachable for it even where its user may not enter the
    /// directories above. Its working directory would do as well for PostgreSQL from 16 on; older programs leave it for a
    /// moment and need permission to come back.
    /// </summary>
    public const string OpenedDirectory = "/proc/self/fd/9";

    // The shell opens the directory while it still is who we are; each exec keeps the process and what it has open.
    private const string OpenThenExec = "exec 9<\"$0\" && cd / && exec \"$@\"";

    /// <summary>The start line of a program, to be completed with its arguments.</summary>
    /// <param name="program">Absolute path.</param>
    /// <param name="directory">What it gets as <see cref="OpenedDirectory"/>.</param>
    /// <param name="parentDeathSignal">What the child gets when the thread that started it ends: INT, KILL.</param>
    /// <exception cref="PlatformNotSupportedException">We are root and cannot drop it.</exception>
    public ProcessStartInfo StartInfo(string program, string directory, string parentDeathSignal)
    {
        var info = new ProcessStartInfo("/bin/sh", ["-c", OpenThenExec, directory])
        {
            RedirectStandardError = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        info.Environment["LC_ALL"] = "C";
        info.Environment.Remove("PGDATA");
        foreach (var word in Drop(parentDeathSignal))
        {
            info.ArgumentList.Add(word);
        }

        info.ArgumentList.Add(program);
        return info;
    }

    private string[] Drop(string parentDeathSignal)
    {
        var dies = $"--pdeathsig={parentDeathSignal}";
        if (Uid is null)
        {
            return File.Exists(SetPrivileges) ? [SetPrivileges, dies] : [];
        }

        var id = Uid.Value.ToString(CultureInfo.InvariantCulture);
        return File.Exists(SetPrivileges)
            ? [SetPrivileges, $"--reuid={id}", $"--regid={id}", "--clear-groups", "--no-new-privs", dies]
            : throw new PlatformNotSupportedException(
                $"PostgreSQL does not run as root, and {SetPrivileges} (package util-linux) is missing to drop it. "
                + "Install it, start Recount as another user, or set Database:ConnectionString.");
    }
}
