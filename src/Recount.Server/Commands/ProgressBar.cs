using System.Globalization;

namespace Recount.Server.Commands;

/// <summary>
/// One line that says how far long work has come: a bar, the share, and what was counted. It goes away when the work is
/// done, and is not there at all for a program or a file.
/// </summary>
/// <param name="output">Where the result goes too.</param>
/// <param name="total">What <see cref="Report"/> counts up to; 0 when nobody knows, and then there is no bar.</param>
/// <param name="time">Measures when the line is due again.</param>
internal sealed class ProgressBar(CommandOutput output, long total, TimeProvider? time = null) : IDisposable
{
    private const int Cells = 30;

    /// <summary>A terminal is slower than the work that is reported.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private readonly TimeProvider time = time ?? TimeProvider.System;
    private long? shownAt;

    /// <param name="done">How much of the total is done.</param>
    /// <param name="words">What is being done, and how much of it was.</param>
    public void Report(long done, string words)
    {
        if (shownAt is { } then && time.GetElapsedTime(then) < Period)
        {
            return;
        }

        shownAt = time.GetTimestamp();
        output.Progress(Line(done, words));
    }

    /// <summary>Takes the line away.</summary>
    public void Dispose()
    {
        if (shownAt is not null)
        {
            output.Progress("");
        }
    }

    /// <summary>Bytes as a person reads them: <c>17.2 MB</c>.</summary>
    public static string Size(long bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB"];
        var (value, unit) = ((double)bytes, 0);
        while (value >= 1000 && unit < units.Length - 1)
        {
            (value, unit) = (value / 1000, unit + 1);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{(unit == 0 ? $"{value:0}" : $"{value:0.0}")} {units[unit]}");
    }

    private string Line(long done, string words)
    {
        if (total <= 0)
        {
            return words;
        }

        var share = Math.Clamp((double)done / total, 0, 1);
        var full = (int)(share * Cells);
        return string.Create(
            CultureInfo.InvariantCulture, $"[{new string('#', full)}{new string('.', Cells - full)}] {share * 100,3:0}%  {words}");
    }
}
