using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Xunit.Abstractions;

namespace Recount.Tests.Wire.Clocks;

/// <summary>Runs a property over generated sequences: 1,000, or 10,000 with RECOUNT_TEST_LONG=1. The seed is printed,
/// and RECOUNT_TEST_SEED runs it again.</summary>
internal static class PropertyRun
{
    /// <summary>Any odd number; the seed alone then names a run.</summary>
    private const ulong Gamma = 0x9E3779B97F4A7C15;

    public static void ForAll<T>(ITestOutputHelper output, Arbitrary<T> inputs, Action<T> property)
    {
        var seed = ulong.TryParse(
            Environment.GetEnvironmentVariable("RECOUNT_TEST_SEED"), CultureInfo.InvariantCulture, out var given)
            ? given
            : (ulong)Random.Shared.NextInt64();
        var sequences = Environment.GetEnvironmentVariable("RECOUNT_TEST_LONG") == "1" ? 10_000 : 1_000;
        output.WriteLine($"{sequences} sequences, RECOUNT_TEST_SEED={seed}");
        Check.One(
            Config.QuickThrowOnFailure
                .WithMaxTest(sequences)
                .WithReplay(seed, Gamma)
                .WithQuietOnSuccess(true),
            Prop.ForAll(inputs, property));
    }
}
