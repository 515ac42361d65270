using System.Text.Json;
using Recount.Primitives;
using Recount.Recordings.Index;
using Recount.Wire.Chunks;

namespace Recount.Recordings.Reading;

/// <summary>What a page says of itself: its <c>page</c> entry, and who its visitor turned out to be.</summary>
public sealed record PageDescription
{
    /// <summary>Position in the session by the SDK; null when unknown.</summary>
    public int? Ordinal { get; private init; }

    public string? Url { get; private init; }

    public string? Title { get; private init; }

    /// <summary>CSS pixels; null when unknown.</summary>
    public double? ViewportWidth { get; private init; }

    /// <inheritdoc cref="ViewportWidth"/>
    public double? ViewportHeight { get; private init; }

    /// <summary><c>light</c> or <c>dark</c>: what the visitor's browser preferred; null when unknown.</summary>
    public string? ColorScheme { get; private init; }

    /// <summary>The device's wall clock at page clock 0, Unix ms.</summary>
    public double? Opened { get; private init; }

    /// <summary>The person as the SDK names somebody whom nobody identified.</summary>
    public string? Visitor { get; private init; }

    /// <summary>The person as the customer's own site identified them on this page, the last time it did.</summary>
    public string? Identified { get; private init; }

    internal static PageDescription Of(IEnumerable<StoredFact> facts)
    {
        var description = new PageDescription();
        foreach (var fact in facts)
        {
            using var data = JsonDocument.Parse(fact.Data);
            description = fact.Kind switch
            {
                EntryKind.Page => Described(description, data.RootElement),
                EntryKind.Identify => description with { Identified = data.RootElement.Text("id") ?? description.Identified },
                _ => description,
            };
        }

        return description;
    }

    private static PageDescription Described(PageDescription so, JsonElement page)
    {
        var viewport = page.TryFind("viewport", out var size) ? size : default;
        return so with
        {
            Ordinal = page.Number("ordinal") is >= 0 and <= int.MaxValue and var ordinal ? (int)ordinal : null,
            Url = page.Text("url"),
            Title = page.Text("title"),
            ViewportWidth = viewport.Number("width"),
            ViewportHeight = viewport.Number("height"),
            ColorScheme = page.Text("colorScheme") is ("light" or "dark") and var scheme ? scheme : null,
            Opened = page.Number("opened"),
            Visitor = so.Visitor ?? page.Text("person"),
        };
    }
}
