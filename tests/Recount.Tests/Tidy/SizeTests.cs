using Xunit.Abstractions;

namespace Recount.Tests.Tidy;

public sealed class SizeTests(ITestOutputHelper output)
{
    [Fact]
    public void No_file_and_no_method_is_over_the_hard_limit() => Finding.None(
        from measured in Ratchet.Measure()
        let limit = measured.Kind == "file" ? Ratchet.FileLinesAtMost : Ratchet.MethodLinesAtMost
        where measured.Lines > limit
        select new Finding(
            measured.Key.Split(':')[0], measured.Line, $"{measured.Key} has {measured.Lines} lines, the limit is {limit}."));

    [Fact]
    public void What_is_long_does_not_grow_and_nothing_becomes_long()
    {
        var measures = Ratchet.Measure().ToArray();
        foreach (var measured in measures)
        {
            output.WriteLine($"{measured.Kind} {measured.Lines} {measured.Key}");
        }

        Finding.None(Ratchet.Compare(measures, Ratchet.Listed(Repository.File(Ratchet.ListPath).Text)));
    }
}
