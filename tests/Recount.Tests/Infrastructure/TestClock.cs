namespace Recount.Tests.Infrastructure;

/// <summary>A clock that stands still until it is told to go on, and whose wall can be stepped apart from it.</summary>
internal sealed class TestClock : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private long ticks;
    private long stepTicks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref ticks);

    public override DateTimeOffset GetUtcNow() => Start.AddTicks(GetTimestamp() + Interlocked.Read(ref stepTicks));

    /// <summary>Time passes, for both clocks.</summary>
    public void Advance(TimeSpan time) => Interlocked.Add(ref ticks, time.Ticks);

    /// <summary>Somebody sets the wall clock; no time passes.</summary>
    public void StepWall(TimeSpan by) => Interlocked.Add(ref stepTicks, by.Ticks);
}
