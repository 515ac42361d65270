using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using Recount.Tests.Infrastructure;

namespace Recount.EndToEndTests.Infrastructure;

/// <summary>Somebody who watches a session in the player.</summary>
public sealed class Viewer(Installation installation, IPage page, Guid session)
{
    private const string Settled = ".rp[data-status=paused], .rp[data-status=playing], .rp[data-status=ended]";

    public IPage Page => page;

    public static async Task<Viewer> OpenAsync(Installation installation, Guid session, double? t = 0)
    {
        var viewer = new Viewer(installation, await installation.NewOwnerPageAsync(), session);
        await viewer.OpenAtAsync(t);
        return viewer;
    }

    /// <summary>Opens the session page, at a time or as a link without one does.</summary>
    public async Task OpenAtAsync(double? t)
    {
        var query = t is { } at ? string.Create(CultureInfo.InvariantCulture, $"?t={at}") : "";
        await page.GotoAsync(new Uri(installation.Address, $"/sessions/{session}{query}").ToString());
        await page.WaitForSelectorAsync(Settled);
    }

    /// <summary>The frame on the replay host.</summary>
    public async Task<IFrame> StageAsync() =>
        (await (await page.WaitForSelectorAsync("iframe.rp-stage"))!.ContentFrameAsync())!;

    /// <summary>What the session consists of, as the player is told.</summary>
    public async Task<JsonElement> ManifestAsync()
    {
        var answer = await page.Context.APIRequest.GetAsync(
            new Uri(installation.Address, $"/api/v1/sessions/{session}/manifest").ToString());
        Assert.True(answer.Ok, $"{answer.Status}");
        return JsonDocument.Parse(await answer.TextAsync()).RootElement;
    }

    /// <summary>Where a moment of a page lies on the session's line; a page ends with what happened last on it.</summary>
    public async Task<double> TimeOfAsync(Moment moment)
    {
        var manifest = await ManifestAsync();
        var found = manifest.GetProperty("pages").EnumerateArray()
            .Single(item => item.GetProperty("page").GetGuid() == moment.Page);
        var stretch = found.GetProperty("stretches").EnumerateArray()
            .Last(item => item.GetProperty("from_clock").GetDouble() <= moment.ClockMs);
        return Math.Min(
            stretch.GetProperty("start_ms").GetDouble() + moment.ClockMs, found.GetProperty("end_ms").GetDouble());
    }

    /// <summary>
    /// Moves the player to a moment, on the moment's own page: where pages lie on the line is known to within the delay
    /// of what was sent, so on a slow machine the end of one and the beginning of the next may overlap.
    /// </summary>
    public async Task SeekToAsync(Moment moment)
    {
        await page.EvaluateAsync(
            "page => document.querySelector('iframe.rp-stage').contentWindow.postMessage({ type: 'page', page }, '*')",
            moment.Page.ToString());
        await SeekAsync(await TimeOfAsync(moment));
    }

    /// <summary>Moves the player that is open, as its time line does.</summary>
    public async Task SeekAsync(double t)
    {
        await page.EvaluateAsync(
            "t => document.querySelector('iframe.rp-stage').contentWindow.postMessage({ type: 'seek', t }, '*')", t);
        var state = "";
        await Eventually.TrueAsync(
            async () =>
            {
                state = $"{await page.GetAttributeAsync(".rp", "data-status")} at {await PositionAsync()}";
                return !state.StartsWith("waiting", StringComparison.Ordinal) && Math.Abs(await PositionAsync() - t) <= 1;
            },
            () => $"The player is {state}, not at {t}; {page.Url}",
            TimeSpan.FromSeconds(30));
    }

    /// <summary>Waits until the picture is that of a moment, and shows the first difference when it never is.</summary>
    public async Task ShowsAsync(Moment moment)
    {
        var stage = await StageAsync();
        string[] shown = [];
        await Eventually.TrueAsync(
            async () => (shown = await Outline.OfReplayAsync(stage)).SequenceEqual(moment.Outline),
            () => Difference(moment.Outline, shown),
            TimeSpan.FromSeconds(20));
    }

    /// <summary>The lines of the Events panel.</summary>
    public async Task<IReadOnlyList<string>> EventsAsync() => await page.Locator(".rp-line .rp-text").AllInnerTextsAsync();

    /// <summary>Position on the session's line, ms.</summary>
    public async Task<double> PositionAsync() => double.Parse(
        (await page.GetAttributeAsync(".rp-timeline", "aria-valuenow"))!, CultureInfo.InvariantCulture);

    private static string Difference(string[] original, string[] replay)
    {
        var at = original.Zip(replay).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"Line {at} of {original.Length} (replay: {replay.Length}):\n"
            + $"original: {string.Join("\n          ", original.Skip(at).Take(4))}\n"
            + $"replay:   {string.Join("\n          ", replay.Skip(at).Take(4))}";
    }
}
