namespace Recount.Capture.Intake;

/// <summary>
/// The node's time line: its wall clock when it started plus its monotonic clock since. A step of the host's clock while
/// the process runs moves nothing.
/// </summary>
public sealed class NodeClock(TimeProvider time)
{
    private readonly long startedAtMicros = ToMicros(time.GetUtcNow());
    private readonly long startedAt = time.GetTimestamp();

    /// <summary>Microseconds since the Unix epoch.</summary>
    public long NowMicros => startedAtMicros + (long)(time.GetElapsedTime(startedAt).Ticks / TimeSpan.TicksPerMicrosecond);

    public static long ToMicros(DateTimeOffset moment) =>
        (moment.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset FromMicros(long micros) =>
        DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);

    /// <summary>The start of the hour that the moment lies in.</summary>
    public static DateTimeOffset HourOf(long micros)
    {
        var moment = FromMicros(micros);
        return new DateTimeOffset(moment.UtcTicks - (moment.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);
    }
}
