using Recount.Ui.Pages.Sessions;

namespace Recount.Tests.Ui;

public sealed class VisitorNameTests
{
    [Theory]
    [InlineData(null, "Anonymous visitor")]
    [InlineData(" ", "Anonymous visitor")]
    [InlineData("ffd02bd0-3f6e-4f0c-9d55-0a5b7c1d2e3f", "Visitor ffd02bd0")]
    [InlineData("customer-7", "customer-7")]
    [InlineData("ffd02bd03f6e4f0c9d550a5b7c1d2e3f", "ffd02bd03f6e4f0c9d550a5b7c1d2e3f")]
    public void A_random_id_becomes_a_short_name_and_a_customers_own_id_stays(string? person, string expected) =>
        Assert.Equal(expected, VisitorName.Of(person));
}
