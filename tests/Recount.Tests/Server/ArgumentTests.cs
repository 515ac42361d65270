using Recount.Server.Commands;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Server;

/// <summary>What the command line says before any server is asked.</summary>
public sealed class ArgumentTests
{
    [Fact]
    public async Task Help_names_the_command_as_it_is_typed()
    {
        var (code, output, _) = await RunAsync("sessions", "list", "--help");

        Assert.Equal(0, code);
        Assert.Contains("recount sessions list [options]", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Recount.Server", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_told()
    {
        var (code, output, _) = await RunAsync("--version");

        Assert.Equal(0, code);
        Assert.Matches(@"^\d+\.\d+\.\d+", output);
    }

    [Theory]
    [InlineData("'zz' is no id; recount sessions list shows those there are.", "sessions", "show", "zz")]
    [InlineData("'zz' is no id; recount tokens list shows those there are.", "tokens", "revoke", "zz")]
    [InlineData("--limit is a number from 1 to 500.", "sessions", "list", "--limit", "0")]
    [InlineData("--limit is a number from 1 to 500.", "sessions", "list", "--limit", "501")]
    public async Task A_wrong_argument_is_answered_in_words(string words, params string[] arguments)
    {
        var (code, _, errors) = await RunAsync(arguments);

        Assert.Equal(1, code);
        Assert.Contains(words, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_doctor_makes_no_installation_where_there_is_none(bool isThere)
    {
        using var directory = new TemporaryDirectory();
        var data = directory["data"];
        if (isThere)
        {
            Directory.CreateDirectory(data);
        }

        var (code, _, errors) = await RunAsync("doctor", "--data", data);

        Assert.Equal(1, code);
        Assert.Equal($"There is no installation in '{data}'. Name its directory with --data.", errors.Trim());
        Assert.Equal(isThere, Directory.Exists(data));
        Assert.False(isThere && Directory.EnumerateFileSystemEntries(data).Any());
    }

    [Fact]
    public async Task A_file_that_is_no_part_is_told_apart_from_one_that_is_not_there()
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory["text.rec"], "no part");

        var (code, output, _) = await RunAsync("verify", directory["text.rec"], directory["none.rec"], "--data", directory["data"]);

        Assert.Equal(1, code);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Contains("NOT consistent", lines[0], StringComparison.Ordinal);
        Assert.Contains("cannot be read", lines[1], StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.RunAsync(arguments, output, errors);
        return (code, output.ToString(), errors.ToString());
    }
}
