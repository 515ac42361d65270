using Recount.Server.Commands;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Server;

public sealed class ProgressBarTests : IDisposable
{
    private readonly ManualTime time = new();
    private readonly StringWriter written = new();

    public void Dispose() => written.Dispose();

    [Fact]
    public void A_terminal_shows_one_line_that_grows_and_goes_away()
    {
        using (var bar = new ProgressBar(new CommandOutput(written, json: false, isTerminal: true), 4, time))
        {
            bar.Report(0, "part 1 of 4");
            time.Advance(TimeSpan.FromSeconds(1));
            bar.Report(3, "part 4 of 4");
        }

        Assert.Equal(
            $"\r[{new string('.', 30)}]   0%  part 1 of 4\u001b[K\r[{new string('#', 22)}{new string('.', 8)}]  75%  part 4 of 4\u001b[K\r\u001b[K",
            written.ToString());
    }

    [Fact]
    public void The_line_is_not_written_more_often_than_it_can_be_read()
    {
        using var bar = new ProgressBar(new CommandOutput(written, json: false, isTerminal: true), 1_000, time);
        for (var done = 0; done < 1_000; done++)
        {
            bar.Report(done, "");
            time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(10, written.ToString().Count(letter => letter == '\r'));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void A_program_and_a_file_see_nothing_of_it(bool json, bool isTerminal)
    {
        using (var bar = new ProgressBar(new CommandOutput(written, json, isTerminal), 4, time))
        {
            bar.Report(1, "part 2 of 4");
        }

        Assert.Equal("", written.ToString());
    }

    [Fact]
    public void Without_a_total_there_are_the_words_alone()
    {
        using var bar = new ProgressBar(new CommandOutput(written, json: false, isTerminal: true), 0, time);
        bar.Report(12, "12 entries");
        Assert.Equal("\r12 entries\u001b[K", written.ToString());
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1_240, "1.2 kB")]
    [InlineData(17_200_000, "17.2 MB")]
    [InlineData(2_500_000_000_000_000, "2500.0 TB")]
    public void Bytes_are_written_as_people_read_them(long bytes, string expected) => Assert.Equal(expected, ProgressBar.Size(bytes));
}
