using Recount.Wire.Chunks;

namespace Recount.Tests.Wire.Chunks;

public sealed class ChunkIdTests
{
    private const string Good = "0123abcd-89ab-4def-8123-456789abcdef";

    [Theory]
    [InlineData(Good, true)]
    [InlineData("0123ABCD-89ab-4def-8123-456789abcdef", false)]
    [InlineData("0123abcd-89ab-1def-8123-456789abcdef", false)]
    [InlineData("0123abcd-89ab-4def-c123-456789abcdef", false)]
    [InlineData("0x23abcd-89ab-4def-8123-456789abcdef", false)]
    [InlineData("+123abcd-89ab-4def-8123-456789abcdef", false)]
    [InlineData("0123abcd-0xab-4def-8123-456789abcdef", false)]
    [InlineData("0123abcd-89ab-4def-8123-+56789abcdef", false)]
    [InlineData("0123abcd-89ab-4def-8123-0x6789abcdef", false)]
    [InlineData("0123abcd-89ab-4def-8123-456789abcde ", false)]
    [InlineData("0123abcd--9ab-4def-8123-456789abcdef", false)]
    [InlineData("{0123abcd-89ab-4def-8123-456789abcde}", false)]
    [InlineData("0123abcd89ab4def8123456789abcdef", false)]
    [InlineData("", false)]
    public void A_uuid_has_one_spelling(string text, bool isGood)
    {
        Assert.Equal(isGood, ChunkId.TryParseUuid(text, out var value));
        Assert.True(!isGood || value.ToString("D") == text);
    }

    [Fact]
    public void Whatever_parses_is_spelled_as_it_was_given()
    {
        // Every character of ASCII at every place: one identity must not have two addresses.
        for (var place = 0; place < Good.Length; place++)
        {
            for (var character = '\0'; character < 128; character++)
            {
                var text = $"{Good[..place]}{character}{Good[(place + 1)..]}";
                Assert.True(!ChunkId.TryParseUuid(text, out var value) || value.ToString("D") == text, text);
            }
        }
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("9", 9)]
    [InlineData("65535", 65535)]
    [InlineData("65536", -1)]
    [InlineData("99999", -1)]
    [InlineData("100000", -1)]
    [InlineData("00", -1)]
    [InlineData("01", -1)]
    [InlineData("-1", -1)]
    [InlineData("+1", -1)]
    [InlineData("1.0", -1)]
    [InlineData(" 1", -1)]
    [InlineData("١", -1)]
    [InlineData("", -1)]
    public void A_seq_is_decimal_without_a_leading_zero(string text, int expected)
    {
        Assert.Equal(expected >= 0, ChunkId.TryParseSeq(text, out var seq));
        Assert.True(expected < 0 || seq == expected);
    }
}
