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

    /// <summary>The start line of a program, to be completed with its arguments.</summary>
    /// <param name="program">Absolute path.</param>
    /// <param name="workingDirectory">
    /// Entered before privileges are dropped, so a child reaches it as <c>/proc/self/cwd</c> even where its user may not
    /// enter the directories above.
    /// </param>
    /// <param name="parentDeathSignal">What the child gets when the thread that started it ends: INT, KILL.</param>
    /// <exception cref="PlatformNotSupportedException">We are root and cannot drop it.</exception>
    public ProcessStartInfo StartInfo(string program, string workingDirectory, string parentDeathSignal)
    {
        var info = new ProcessStartInfo
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        info.Environment["LC_ALL"] = "C";
        info.Environment.Remove("PGDATA");
        if (!File.Exists(SetPrivileges))
        {
            if (Uid is not null)
            {
                throw new PlatformNotSupportedException(
                    $"PostgreSQL does not run as root, and {SetPrivileges} (package util-linux) is missing to drop it. "
                    + "Install it, start Recount as another user, or set Database:ConnectionString.");
            }

            info.FileName = program;
            return info;
        }

        info.FileName = SetPrivileges;
        if (Uid is { } uid)
        {
            var id = uid.ToString(CultureInfo.InvariantCulture);
            info.ArgumentList.Add($"--reuid={id}");
            info.ArgumentList.Add($"--regid={id}");
            info.ArgumentList.Add("--clear-groups");
            info.ArgumentList.Add("--no-new-privs");
        }

        info.ArgumentList.Add($"--pdeathsig={parentDeathSignal}");
        info.ArgumentList.Add(program);
        return info;
    }
}
