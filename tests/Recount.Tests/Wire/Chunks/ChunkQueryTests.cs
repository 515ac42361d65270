using Recount.Tests.Infrastructure;
using Recount.Wire.Chunks;
using Xunit.Abstractions;

namespace Recount.Tests.Wire.Chunks;

public sealed class ChunkQueryTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("sent=NaN")]
    [InlineData("sent=Infinity")]
    [InlineData("sent=1e400")]
    [InlineData("sent=")]
    [InlineData("sent")]
    [InlineData("sent=0x10")]
    [InlineData("sent=%zz")]
    [InlineData("=5&&&sent==1")]
    public void A_number_that_is_none_is_unknown(string query) => Assert.Null(ChunkQuery.Parse(query).Sent);

    [Theory]
    [InlineData("n=-1")]
    [InlineData("n=1.5")]
    [InlineData("n=99999999999999999999")]
    [InlineData("n= 1")]
    public void A_count_that_is_none_is_unknown(string query) => Assert.Null(ChunkQuery.Parse(query).Entries);

    [Fact]
    public void Everything_a_client_says_is_read()
    {
        var hash = new string('a', 64);
        var numbers = ChunkQuery.Parse(
            $"h={hash}&sent=1795168799000.5&clock=-3&from=1e3&to=2000&n=7&captured=8&dropped=9&last=1&enc=gzip&x=1");
        Assert.Equal(hash, numbers.ContentHash.ToString());
        Assert.Equal(
            (1795168799000.5, -3, 1000, 2000),
            (numbers.Sent!.Value, numbers.Clock!.Value, numbers.From!.Value, numbers.To!.Value));
        Assert.Equal((7, 8, 9), (numbers.Entries!.Value, numbers.Captured!.Value, numbers.Dropped!.Value));
        Assert.True(numbers.Last);
        Assert.Equal("gzip", numbers.Encoding);
    }

    [Fact]
    public void Of_a_parameter_that_stands_twice_the_first_one_counts()
    {
        var query = ChunkQuery.Parse("?enc=gzip&sent=NaN&sent=2&enc=br");

        Assert.Equal("gzip", query.Encoding);
        Assert.Null(query.Sent);
    }

    [Fact]
    public void No_query_makes_an_error()
    {
        var random = TestSeed.Next(output);
        const string alphabet = "hsentclockfromtolastcapturedropped=&&%%+-.eE0123456789NaNInfinity\uD800\u00e9\0";
        for (var run = 0; run < (TestSeed.IsLong ? 100_000 : 5_000); run++)
        {
            ChunkQuery.Parse(new string(random.GetItems<char>(alphabet, random.Next(200))));
        }
    }
}
