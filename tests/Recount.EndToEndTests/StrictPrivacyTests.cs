using Recount.EndToEndTests.Infrastructure;

namespace Recount.EndToEndTests;

/// <summary>Under strict privacy nothing that is typed or shown is stored, anywhere, in any form.</summary>
public sealed class StrictPrivacyTests(Installation installation) : IClassFixture<Installation>
{
    /// <summary>Stands in a class name, which every level stores: shows that what is stored is looked into.</summary>
    private const string Stored = "cnryxseen7z";

    private const string Typed = "cnryxtyped7z";

    /// <summary>Places where something private may stand; in each {0} becomes a word of its own.</summary>
    private static readonly string[] Shown =
    [
        "<p>{0}</p>", "<b><i>{0}</i></b>", "<p title='{0}'>x</p>", "<img alt='{0}' src='data:,'>", "<div aria-label='{0}'>x</div>",
        "<div aria-description='{0}'>x</div>", "<input placeholder='{0}'>", "<input value='{0}'>",
        "<input type='hidden' value='{0}'>", "<input type='password' value='{0}'>", "<input type='submit' value='{0}'>",
        "<textarea>{0}</textarea>", "<select><option>{0}</option></select>", "<select><option value='{0}'>x</option></select>",
        "<div contenteditable>{0}</div>", "<button>{0}</button>", "<div data-customer='{0}'>x</div>", "<a href='/people/{0}'>x</a>",
        "<a href='/x?q={0}'>x</a>", "<a href='/x#token={0}'>x</a>", "<img src='/x.png?q={0}'>", "<form action='/x?q={0}'></form>",
        "<svg><text>{0}</text></svg>", "<meta name='description' content='{0}'>", "<script type='application/json'>\"{0}\"</script>",
        "<noscript>{0}</noscript>", "<template>{0}</template>", "<!-- {0} -->", "<style>.a::after {{ content: '{0}' }}</style>",
        "<p style=\"--who: '{0}'\">x</p>", "<iframe srcdoc='<p>{0}</p>'></iframe>", "<p>{0}@example.org</p>",
    ];

    /// <summary>What a page and its visitor do; t is a word of its own.</summary>
    private static readonly string[] Done =
    [
        "t => document.title = t", "t => console.log(t)", "t => console.error({ user: t })",
        "t => setTimeout(() => { throw new TypeError(t); })", "t => void Promise.reject(new Error(t))",
        "t => history.pushState(null, '', '/people/' + t)", "t => history.pushState(null, '', '?q=' + t)",
        "t => history.pushState(null, '', '#' + t)", "t => document.querySelector('p').firstChild.nodeValue = t",
        "t => document.querySelector('p').setAttribute('title', t)",
        "t => { const b = document.body.appendChild(document.createElement('button')); b.textContent = t; b.click(); }",
        "t => { document.body.appendChild(document.createElement('div')).attachShadow({ mode: 'open' }).innerHTML = `<p>${t}</p>`; }",
    ];

    [Fact]
    public async Task No_word_that_was_shown_or_typed_is_in_any_stored_byte()
    {
        var key = await installation.Server.CreateAppAsync("private");
        var shown = Shown.Select((_, i) => $"cnryxshown{i:00}7z").ToArray();
        var done = Done.Select((_, i) => $"cnryxdone{i:00}7z").ToArray();
        await using var site = await Site.StartAsync(PageWith(key, shown));
        await using (var visitor = await Visitor.VisitAsync(installation, $"{site.Address}users/cnryxpath7z?q=cnryxquery7z#cnryxhash7z"))
        {
            foreach (var (script, word) in Done.Zip(done))
            {
                await visitor.Page.EvaluateAsync(script, word);
            }

            await visitor.Page.FillAsync("#typed", Typed);
            await visitor.Page.Locator("#area").PressSequentiallyAsync(Typed);
            await visitor.LeaveAsync();
            await installation.SealedAsync(visitor.Session, 1);
            Assert.Contains(await installation.EntriesAsync(visitor.Session), entry => entry.GetProperty("k").GetString() == "error");
        }

        string[] words = [.. shown, .. done, Typed, "cnryxtitle7z", "cnryxpath7z", "cnryxquery7z", "cnryxhash7z"];
        var rows = await StoredRows.ReadAllAsync(installation);
        Assert.DoesNotContain(rows, row => words.Any(word => row.Contains(word, StringComparison.Ordinal)));
        Assert.DoesNotContain("cnryx", installation.Server.Output, StringComparison.Ordinal);
        Assert.Equal(0, await installation.Server.StopAsync());

        Assert.Empty(await StoredBytes.FindAsync(installation.Data, words));
        var stores = (await StoredBytes.FindAsync(installation.Data, [Stored])).Select(where => where.Split('/')[1]).Distinct();
        Assert.Equal(["intake", "recordings"], stores.Order());
    }

    private string PageWith(string key, IEnumerable<string> words) =>
        $$"""
        <!doctype html><html lang="en"><head><title>cnryxtitle7z</title>
        <script src="{{installation.Address}}capture/v1/recount.js"></script>
        <script>Recount.init({ key: '{{key}}', privacy: 'strict' });</script></head>
        <body class="{{Stored}}"><p>words</p><input id="typed"><textarea id="area"></textarea>
        {{string.Concat(Shown.Zip(words, (place, word) => string.Format(null, place, word)))}}</body></html>
        """;
}
