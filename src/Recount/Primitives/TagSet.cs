using System.Globalization;

namespace Recount.Primitives;

/// <summary>The tags of a measurement, in the order they were given.</summary>
internal sealed class TagSet(KeyValuePair<string, object?>[] tags)
{
    public ReadOnlySpan<KeyValuePair<string, object?>> Tags => tags;

    /// <summary>As Prometheus labels: <c>reason="x",key="y"</c>; empty without tags.</summary>
    public string Text { get; } = string.Join(',', tags.Select(tag => $"{Label(tag.Key)}=\"{Escape(tag.Value)}\""));

    private static string Label(string name) =>
        string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_'));

    private static string Escape(object? value) => (Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);
}

/// <summary>Finds a <see cref="TagSet"/> by the tags of a measurement without copying them.</summary>
internal sealed class TagSetComparer
    : IEqualityComparer<TagSet>, IAlternateEqualityComparer<ReadOnlySpan<KeyValuePair<string, object?>>, TagSet>
{
    public static TagSetComparer Instance { get; } = new();

    public bool Equals(TagSet? x, TagSet? y) =>
        ReferenceEquals(x, y) || (x is not null && y is not null && Equals(x.Tags, y));

    public int GetHashCode(TagSet obj) => GetHashCode(obj.Tags);

    public bool Equals(ReadOnlySpan<KeyValuePair<string, object?>> alternate, TagSet other)
    {
        var tags = other.Tags;
        if (alternate.Length != tags.Length)
        {
            return false;
        }

        for (var index = 0; index < tags.Length; index++)
        {
            if (alternate[index].Key != tags[index].Key || !Equals(alternate[index].Value, tags[index].Value))
            {
                return false;
            }
        }

        return true;
    }

    public int GetHashCode(ReadOnlySpan<KeyValuePair<string, object?>> alternate)
    {
        var hash = default(HashCode);
        foreach (var (key, value) in alternate)
        {
            hash.Add(key);
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    public TagSet Create(ReadOnlySpan<KeyValuePair<string, object?>> alternate) => new(alternate.ToArray());
}
