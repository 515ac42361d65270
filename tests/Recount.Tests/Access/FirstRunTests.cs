using System.Net;
using Recount.Access;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Access;

public sealed class FirstRunTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly (string, string)[] Form = [("Name", "Ann Lee"), ("Password", AccessHost.Password)];

    [Fact]
    public async Task Looking_at_the_link_does_not_spend_it_and_sending_its_form_does()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        var link = await LinkAsync(host);
        using var browser = host.Browse();
        for (var look = 0; look < 3; look++)
        {
            Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(link)).StatusCode);
        }

        Assert.Equal(0, await host.QueryAsync<long>("SELECT count(*) FROM recount.app_user"));
        var made = await browser.SubmitAsync(link, "first-run", Form);

        Assert.Equal(HttpStatusCode.Redirect, made.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/apps")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/health")).StatusCode);
        Assert.Null(await host.Service<FirstRun>().LinkAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_spent_link_makes_no_second_owner()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        var link = await LinkAsync(host);
        using var second = host.Browse();
        var token = link[(link.IndexOf('=', StringComparison.Ordinal) + 1)..];
        using (var first = host.Browse())
        {
            await first.SubmitAsync(link, "first-run", Form);
        }

        Assert.Equal(HttpStatusCode.Gone, (await second.GetAsync(link)).StatusCode);
        var outcome = await host.Service<FirstRun>()
            .SpendAsync(token, "Mallory", AccessHost.Password, CancellationToken.None);
        Assert.Null(outcome.Owner);
        Assert.Equal(1, await host.QueryAsync<long>("SELECT count(*) FROM recount.app_user"));
    }

    [Fact]
    public async Task Forms_sent_at_once_make_one_owner()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        var link = await LinkAsync(host);
        var token = link[(link.IndexOf('=', StringComparison.Ordinal) + 1)..];

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(racer => host.Service<FirstRun>()
            .SpendAsync(token, $"Owner {racer}", AccessHost.Password, CancellationToken.None)));

        Assert.Single(outcomes, outcome => outcome.Owner is not null);
        Assert.Equal(1, await host.QueryAsync<long>("SELECT count(*) FROM recount.member"));
    }

    [Fact]
    public async Task The_link_ends_with_its_lifetime()
    {
        var clock = new SetClock();
        await using var host = await AccessHost.StartAsync(postgres, clock);
        var link = await LinkAsync(host);
        using var browser = host.Browse();
        clock.Advance(TimeSpan.FromHours(24));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(link)).StatusCode);

        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(HttpStatusCode.Gone, (await browser.GetAsync(link)).StatusCode);
        Assert.Null(await host.Service<FirstRun>().LinkAsync(CancellationToken.None));
    }

    [Theory]
    [InlineData("/first-run")]
    [InlineData("/first-run?token=")]
    [InlineData("/first-run?token=of-an-earlier-start")]
    public async Task Another_token_shows_no_form(string path)
    {
        await using var host = await AccessHost.StartAsync(postgres);
        using var browser = host.Browse();

        var answer = await browser.GetAsync(path);

        Assert.Equal(HttpStatusCode.Gone, answer.StatusCode);
        Assert.DoesNotContain("<form", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_short_password_keeps_the_link_good()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        var link = await LinkAsync(host);
        using var browser = host.Browse();

        var refused = await browser.SubmitAsync(link, "first-run", ("Name", "Ann"), ("Password", "short"));

        Assert.Contains("at least 10 characters", await refused.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.Redirect, (await browser.SubmitAsync(link, "first-run", Form)).StatusCode);
    }

    private static async Task<string> LinkAsync(AccessHost host)
    {
        var link = await host.Service<FirstRun>().LinkAsync(CancellationToken.None);
        Assert.StartsWith(host.Address.ToString(), link);
        return new Uri(link!).PathAndQuery;
    }
}
