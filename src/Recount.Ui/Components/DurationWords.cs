using System.Globalization;

namespace Recount.Ui.Components;

/// <summary>Says how long something took.</summary>
public static class DurationWords
{
    private const long MsPerSecond = 1000;
    private const long SecondsPerMinute = 60;
    private const long SecondsPerHour = 3600;
    private const long SecondsPerDay = 86_400;

    /// <summary>Two units at most: <c>4 s</c>, <c>2 min 5 s</c>, <c>1 h 10 min</c>, <c>3 d 4 h</c>.</summary>
    /// <param name="ms">Milliseconds, 0 or more.</param>
    public static string Say(long ms)
    {
        var seconds = (Math.Max(0, ms) + (MsPerSecond / 2)) / MsPerSecond;
        return seconds switch
        {
            < SecondsPerMinute => $"{Number(seconds)} s",
            < SecondsPerHour => Join(seconds / SecondsPerMinute, "min", seconds % SecondsPerMinute, "s"),
            < SecondsPerDay => Join(seconds / SecondsPerHour, "h", seconds % SecondsPerHour / SecondsPerMinute, "min"),
            _ => Join(seconds / SecondsPerDay, "d", seconds % SecondsPerDay / SecondsPerHour, "h"),
        };
    }

    private static string Join(long high, string highUnit, long low, string lowUnit) =>
        low == 0 ? $"{Number(high)} {highUnit}" : $"{Number(high)} {highUnit} {Number(low)} {lowUnit}";

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
