using System.Globalization;
using Xunit.Abstractions;

namespace Recount.Tests.Infrastructure;

/// <summary>Randomness of a test: its seed is printed, and RECOUNT_TEST_SEED runs it again.</summary>
internal static class TestSeed
{
    /// <summary>Whether the long counts were asked for.</summary>
    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("RECOUNT_TEST_LONG") == "1";

    public static Random Next(ITestOutputHelper output)
    {
        var seed = int.TryParse(
            Environment.GetEnvironmentVariable("RECOUNT_TEST_SEED"), CultureInfo.InvariantCulture, out var given)
            ? given
            : Random.Shared.Next();
        output.WriteLine($"RECOUNT_TEST_SEED={seed}");
        return new Random(seed);
    }

    public static byte[] Bytes(this Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
