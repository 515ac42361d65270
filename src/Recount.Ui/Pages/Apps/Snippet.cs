using System.Text.Encodings.Web;

namespace Recount.Ui.Pages.Apps;

/// <summary>What a customer pastes into the pages of a web site.</summary>
public static class Snippet
{
    /// <param name="origin">Where the SDK loads from and sends to.</param>
    /// <param name="key">The app's capture key.</param>
    /// <param name="privacy">The least strict level the app allows; null offers the SDK's default.</param>
    public static string For(string origin, string key, string? privacy)
    {
        var host = JavaScriptEncoder.Default.Encode(origin);
        return $$"""
            <script async src="{{HtmlEncoder.Default.Encode(origin)}}/capture/v1/recount.js"
              onload="Recount.init({
                key: '{{key}}',
                host: '{{host}}',
                privacy: '{{privacy ?? "strict"}}'
              })"></script>
            """;
    }
}
