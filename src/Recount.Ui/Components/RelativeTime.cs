using System.Globalization;

namespace Recount.Ui.Components;

/// <summary>Says how far a moment is from now.</summary>
public static class RelativeTime
{
    private static readonly (TimeSpan Unit, string Name)[] Units =
    [
        (TimeSpan.FromDays(1), "d"),
        (TimeSpan.FromHours(1), "h"),
        (TimeSpan.FromMinutes(1), "min"),
        (TimeSpan.FromSeconds(1), "s"),
    ];

    /// <returns><c>5 min ago</c>, <c>in 2 h</c>, or <c>just now</c> within a second.</returns>
    public static string Say(DateTimeOffset at, DateTimeOffset now)
    {
        var distance = (now - at).Duration();
        foreach (var (unit, name) in Units)
        {
            if (distance >= unit)
            {
                var count = (long)(distance / unit);
                var text = string.Create(CultureInfo.InvariantCulture, $"{count} {name}");
                return at > now ? $"in {text}" : $"{text} ago";
            }
        }

        return "just now";
    }
}
