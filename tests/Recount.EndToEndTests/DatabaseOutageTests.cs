using System.Globalization;
using System.Net;
using Recount.EndToEndTests.Infrastructure;
using Recount.Server.Engines;
using Recount.Tests.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace Recount.EndToEndTests;

/// <summary>PostgreSQL stops answering while the shop is visited.</summary>
public sealed class DatabaseOutageTests
{
    private const int Stop = 19;
    private const int Continue = 18;

    [Fact]
    public async Task A_visit_while_the_database_does_not_answer_is_recorded_and_listed_once_it_does()
    {
        await using var installation = await Installation.StartAsync();
        await using (var before = await Visitor.EnterAsync(installation))
        {
            // The shop has its key from now on, as any site has that is already recorded.
            await before.LeaveAsync();
        }

        var page = await installation.NewOwnerPageAsync();
        var database = DatabaseOf(installation);
        Signal(database, Stop);
        try
        {
            await using var visitor = await Visitor.EnterAsync(installation);
            await visitor.FollowAsync(".card-picture >> nth=0");
            await Tour.BuyAsync(visitor.Page);
            await visitor.FollowAsync("#cart-link");
            await visitor.LeaveAsync();
            await SaysWhatIsWrongAsync(installation, page);

            Signal(database, Continue);
            await installation.SealedAsync(visitor.Session, 3);
            var stored = (await installation.EntriesAsync(visitor.Session))
                .Select(entry => (entry.GetProperty("page").GetGuid(), entry.GetProperty("seq").GetInt32())).ToHashSet();
            Assert.Empty(visitor.Receipts.Except(stored));
            await Eventually.TrueAsync(
                async () => (await page.GotoAsync(new Uri(installation.Address, "/sessions").ToString()))!.Status == 200,
                () => "The list does not come back.");
            await Expect(page.Locator($"a[href='/sessions/{visitor.Session}']")).ToBeVisibleAsync();
        }
        finally
        {
            Signal(database, Continue);
        }

        Assert.False(installation.Server.HasExited);
    }

    private static async Task SaysWhatIsWrongAsync(Installation installation, Microsoft.Playwright.IPage page)
    {
        var answer = await page.GotoAsync(
            new Uri(installation.Address, "/sessions").ToString(), new() { Timeout = 60_000 });
        Assert.Equal(503, answer!.Status);
        await Expect(page.Locator("h2")).ToHaveTextAsync("The database does not answer");
        await Expect(page.Locator("body")).ToContainTextAsync("What was being recorded is not affected");

        using var client = installation.Server.CreateClient();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/live")).StatusCode);
        await Eventually.TrueAsync(
            async () => (await client.GetAsync("/health/ready")).StatusCode == HttpStatusCode.ServiceUnavailable,
            () => "It says that it is ready without its database.");
    }

    private static IReadOnlyList<int> DatabaseOf(Installation installation)
    {
        var file = Path.Combine(installation.Data, "postgres/data/postmaster.pid");
        var postmaster = int.Parse(File.ReadLines(file).First(), CultureInfo.InvariantCulture);
        var children = File.ReadAllText($"/proc/{postmaster}/task/{postmaster}/children");
        return [postmaster, .. children.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(child => int.Parse(child, CultureInfo.InvariantCulture))];
    }

    private static void Signal(IEnumerable<int> processes, int signal)
    {
        foreach (var process in processes)
        {
            Unix.Signal(process, signal);
        }
    }
}
