using Recount.EndToEndTests.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace Recount.EndToEndTests;

/// <summary>The server ends without warning while somebody is recorded.</summary>
public sealed class CrashTests
{
    [Fact]
    public async Task A_visit_during_which_the_server_is_killed_loses_nothing_and_plays_as_one()
    {
        await using var installation = await Installation.StartAsync();
        await using var visitor = await Visitor.EnterAsync(installation);
        await visitor.OpenAsync("guide.html");
        var before = await VisitAsync(visitor, "green-tea");

        await installation.KillServerAsync();
        var during = await VisitAsync(visitor, "cold-brew");
        await installation.StartServerAgainAsync();
        var after = await VisitAsync(visitor, "masala-chai");
        await visitor.FollowAsync(".brand");
        await visitor.LeaveAsync();
        await installation.SealedAsync(visitor.Session, 3);

        var entries = await installation.EntriesAsync(visitor.Session);
        var stored = entries.Select(entry => (entry.GetProperty("page").GetGuid(), entry.GetProperty("seq").GetInt32())).ToHashSet();
        Assert.Empty(visitor.Receipts.Except(stored));
        Assert.Equal(
            ["before", "during", "after"],
            entries.Where(entry => entry.GetProperty("k").GetString() == "event")
                .Select(entry => entry.GetProperty("d").GetProperty("name").GetString()!)
                .Where(name => name is "before" or "during" or "after"));
        var viewer = await Viewer.OpenAsync(installation, visitor.Session);
        foreach (var moment in new[] { before, during, after })
        {
            await viewer.SeekToAsync(moment);
            await viewer.ShowsAsync(moment);
        }

        await Expect(viewer.Page.Locator(".rp-gap")).ToHaveCountAsync(0);

        async Task<Moment> VisitAsync(Visitor who, string recipe)
        {
            await who.Page.ClickAsync($"[data-recipe={recipe}]");
            var name = recipe switch { "green-tea" => "before", "cold-brew" => "during", _ => "after" };
            await who.Page.EvaluateAsync("name => Recount.track(name)", name);
            return await who.LookAsync();
        }
    }
}
