using Recount.Primitives;
using Recount.Recordings;
using Recount.Recordings.Index;
using Recount.Recordings.Seal;
using Recount.Tests.Infrastructure;

namespace Recount.Tests.Recordings.Seal;

public sealed class QuietPagesTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private static readonly RecordingsOptions Options = new()
    {
        QuietPeriod = TimeSpan.FromMinutes(5),
        EndedQuietPeriod = TimeSpan.FromSeconds(30),
        MaxUnsealedAge = TimeSpan.FromMinutes(10),
        MaxUnsealedBytes = new ByteSize(1_000),
    };

    private readonly TestClock clock = new();
    private readonly QuietPages pages;
    private UnsealedPage page = new(new PageId(Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()), 1, 10, 0, false);

    public QuietPagesTests() => pages = new QuietPages(Options, clock);

    [Fact]
    public void A_page_is_due_when_it_was_quiet_for_the_period_and_not_before()
    {
        Assert.False(IsDue());
        Assert.False(IsDueAfter(Options.QuietPeriod - Moment));
        Assert.True(IsDueAfter(Moment));
    }

    [Fact]
    public void A_page_that_ended_is_due_sooner()
    {
        page = page with { HasEnded = true };

        Assert.False(IsDue());
        Assert.False(IsDueAfter(Options.EndedQuietPeriod - Moment));
        Assert.True(IsDueAfter(Moment));
    }

    [Fact]
    public void Whatever_comes_makes_the_page_wait_again()
    {
        Assert.False(IsDue());
        clock.Advance(Options.QuietPeriod - Moment);
        page = page with { Chunks = 2, NewestSeq = 1 };
        Assert.False(IsDue());
        Assert.False(IsDueAfter(Options.QuietPeriod - Moment));
        Assert.True(IsDueAfter(Moment));
    }

    [Fact]
    public void A_page_that_never_rests_is_due_at_its_age()
    {
        for (var age = TimeSpan.Zero; age < Options.MaxUnsealedAge; age += TimeSpan.FromMinutes(1))
        {
            Assert.False(IsDue());
            page = page with { Chunks = page.Chunks + 1 };
            clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.True(IsDue());
    }

    [Fact]
    public void A_page_is_due_at_once_when_it_is_large()
    {
        page = page with { Bytes = 999 };
        Assert.False(IsDue());
        page = page with { Bytes = 1_000 };
        Assert.True(IsDue());
    }

    [Theory]
    [InlineData(3_650)]
    [InlineData(-3_650)]
    [InlineData(0.01)]
    public void A_step_of_the_wall_clock_changes_nothing(double days)
    {
        Assert.False(IsDue());
        clock.StepWall(TimeSpan.FromDays(days));
        Assert.False(IsDue());
        Assert.False(IsDueAfter(Options.QuietPeriod - Moment));
        clock.StepWall(TimeSpan.FromDays(-2 * days));
        Assert.True(IsDueAfter(Moment));
    }

    [Fact]
    public void What_is_left_of_a_sealed_page_begins_anew()
    {
        Assert.False(IsDue());
        Assert.True(IsDueAfter(Options.QuietPeriod));
        pages.Sealed(page.Page);
        Assert.False(IsDue());
        Assert.False(IsDueAfter(Options.QuietPeriod - Moment));
        Assert.True(IsDueAfter(Moment));
    }

    [Fact]
    public void A_page_that_was_away_begins_anew()
    {
        Assert.False(IsDue());
        clock.Advance(Options.QuietPeriod);
        Assert.Empty(pages.Due([]));
        Assert.False(IsDue());
    }

    private bool IsDueAfter(TimeSpan time)
    {
        clock.Advance(time);
        return IsDue();
    }

    private bool IsDue() => pages.Due([page]).Count == 1;
}
