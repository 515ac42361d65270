using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Recount.Capture;
using Recount.Primitives;

namespace Recount.Tests.Primitives;

public sealed class OptionsRegistrationTests
{
    [Theory]
    [InlineData("Capture:LeastBodyBytesPerSecond", "0")]
    [InlineData("Capture:RetryAfter", "00:00:00")]
    [InlineData("Capture:Intake:MaxAge", "00:00:00")]
    [InlineData("Capture:BodyGracePeriod", "00:00:01")]
    [InlineData("Capture:Intake:RestAfterFailure", "-00:00:01")]
    [InlineData("Capture:SessionRate:Burst", "1")]
    [InlineData("Capture:KeyRate:ChunksPerSecond", "0")]
    public void A_value_out_of_its_range_is_refused_by_its_exact_key(string key, string value)
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Read((key, value)));
        Assert.Contains($"{key} (RECOUNT__{key.Replace(":", "__")})", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Capture:InFlightBytes", "lots")]
    [InlineData("Capture:Intake:MaxBytes", "-1 MiB")]
    [InlineData("Capture:BodyGracePeriod", "soon")]
    public void A_value_that_cannot_be_read_is_refused_by_its_key(string key, string value)
    {
        var refused = Assert.ThrowsAny<InvalidOperationException>(() => Read((key, value)));
        Assert.Contains(key, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Capture:InFlightByte")]
    [InlineData("Capture:Intake:MaxSize")]
    public void A_key_that_nobody_reads_is_refused(string key)
    {
        var refused = Assert.ThrowsAny<InvalidOperationException>(() => Read((key, "1")));
        Assert.Contains(key.Split(':')[^1], refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sizes_and_times_are_bound()
    {
        var options = Read(("Capture:InFlightBytes", "1 GiB"), ("Capture:Intake:MaxAge", "00:00:02"));
        Assert.Equal(ByteSize.GiB(1), options.InFlightBytes);
        Assert.Equal(TimeSpan.FromSeconds(2), options.Intake.MaxAge);
    }

    private static CaptureOptions Read(params (string Key, string Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
            .Build());
        services.AddRecountOptions<CaptureOptions>(CaptureOptions.Section);
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<CaptureOptions>>().Value;
    }
}
