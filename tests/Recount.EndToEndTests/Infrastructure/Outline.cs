using System.Globalization;
using Microsoft.Playwright;

namespace Recount.EndToEndTests.Infrastructure;

/// <summary>
/// What a document shows as lines of elements, texts and values: an original after masking by the SDK's own functions,
/// and a replay as it stands.
/// </summary>
internal static class Outline
{
    private static readonly string Script = Load();

    /// <summary>A document as it is recorded at a privacy level, once nothing more is on its way to be drawn.</summary>
    public static Task<string[]> OfOriginalAsync(IPage page, string level) =>
        page.EvaluateAsync<string[]>($"() => {{ {Script}; return RecountPrivacy.outline(document, '{level}'); }}");

    /// <summary>The replayed document inside the stage.</summary>
    public static Task<string[]> OfReplayAsync(IFrame stage) => stage.EvaluateAsync<string[]>(string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        () => {
          {{Script}};
          const frame = document.querySelector('.surface.shown:last-of-type iframe');
          return frame === null ? [] : RecountPrivacy.outline(frame.contentDocument);
        }
        """));

    private static string Load()
    {
        using var stream = typeof(Outline).Assembly.GetManifestResourceStream("privacy.js")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
