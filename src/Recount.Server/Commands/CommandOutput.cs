using System.Text.Json;
using Recount.Primitives;

namespace Recount.Server.Commands;

/// <summary>Writes a verb's result for a person, or as JSON for a program.</summary>
/// <param name="writer">Standard output.</param>
/// <param name="json">Whether the result is for a program.</param>
/// <param name="isTerminal">Whether somebody watches; null to ask the system.</param>
internal sealed class CommandOutput(TextWriter writer, bool json, bool? isTerminal = null)
{
    private readonly bool showsProgress = !json && (isTerminal ?? !Console.IsOutputRedirected);

    /// <summary>Whether the result is for a program; progress is shown to persons only.</summary>
    public bool IsJson => json;

    public void Write<T>(T result, Action human)
    {
        if (json)
        {
            writer.WriteLine(JsonSerializer.Serialize(result, ApiJson.Options));
        }
        else
        {
            human();
        }
    }

    /// <summary>Replaces the last line of progress; silent when the result is for a program or goes to a file.</summary>
    public void Progress(string text)
    {
        if (showsProgress)
        {
            writer.Write($"\r{text}\u001b[K");
        }
    }

    /// <summary>Ends the line of progress.</summary>
    public void EndProgress()
    {
        if (showsProgress)
        {
            writer.WriteLine();
        }
    }

    public void Line(string text) => writer.WriteLine(TerminalText.Of(text));

    /// <summary>Columns as wide as their widest cell; the last one is not cut, however wide the terminal is.</summary>
    public void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var lines = new[] { columns }.Concat(rows).Select(line => line.Select(TerminalText.Of).ToArray()).ToArray();
        var widths = columns.Select((_, column) => lines.Max(line => line[column].Length)).ToArray();
        foreach (var line in lines)
        {
            writer.WriteLine(string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }
}
