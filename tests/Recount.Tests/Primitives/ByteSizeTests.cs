using Recount.Primitives;

namespace Recount.Tests.Primitives;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("64 MiB", 64L << 20)]
    [InlineData("64MiB", 64L << 20)]
    [InlineData(" 10 kB ", 10_000)]
    [InlineData("10 KB", 10_000)]
    [InlineData("1.5 KiB", 1_536)]
    [InlineData("7 B", 7)]
    [InlineData("2 TiB", 2L << 40)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void A_size_is_read(string text, long bytes) => Assert.Equal(bytes, ByteSize.Parse(text).Bytes);

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("MiB")]
    [InlineData("1,5 MiB")]
    [InlineData("1e3")]
    [InlineData("10 XB")]
    [InlineData("9223372036854775808")]
    [InlineData("9000000 TiB")]
    [InlineData("79228162514264337593543950335 TiB")]
    [InlineData("99999999999999999999999999999999999999")]
    public void What_is_no_size_is_refused_and_named(string text)
    {
        var refused = Assert.Throws<FormatException>(() => ByteSize.Parse(text));
        Assert.Contains($"'{text}'", refused.Message, StringComparison.Ordinal);
    }
}
