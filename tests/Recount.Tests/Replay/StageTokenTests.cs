using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using Recount.Access;
using Recount.Replay;
using Recount.Tests.Access;

namespace Recount.Tests.Replay;

public sealed class StageTokenTests
{
    private static readonly Guid Session = Guid.NewGuid();
    private readonly SetClock clock = new();
    private readonly EphemeralDataProtectionProvider keys = new();
    private readonly AccountAccess access = new(Guid.NewGuid(), AccountRole.Viewer, false, "user:ada", Guid.NewGuid());

    private StageTokens Tokens => new(keys, Options.Create(new ReplayOptions()), clock);

    [Fact]
    public void A_token_names_one_session_account_and_sign_in()
    {
        var token = Tokens.Create(access, Session)!;

        Assert.Equal(new StageGrant(access.Account, Session, access.SignIn!.Value), Tokens.Read(token));
    }

    [Fact]
    public void A_token_is_over_after_ten_minutes()
    {
        var token = Tokens.Create(access, Session)!;

        clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        Assert.NotNull(Tokens.Read(token));
        clock.Advance(TimeSpan.FromTicks(1));
        Assert.Null(Tokens.Read(token));
    }

    [Fact]
    public void A_token_that_was_changed_anywhere_is_none()
    {
        var token = Tokens.Create(access, Session)!;

        for (var i = 0; i < token.Length; i++)
        {
            var changed = token.ToCharArray();
            changed[i] = changed[i] == 'A' ? 'B' : 'A';

            // The last character may hold bits that stand for nothing.
            Assert.True(i == token.Length - 1 || Tokens.Read(new string(changed)) is null, $"character {i}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("not a token at all!")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_is_no_token_is_refused(string text) => Assert.Null(Tokens.Read(text));

    [Fact]
    public void Another_installation_does_not_take_it() =>
        Assert.Null(new StageTokens(
            new EphemeralDataProtectionProvider(), Options.Create(new ReplayOptions()), clock).Read(Tokens.Create(access, Session)!));

    [Fact]
    public void A_program_gets_none_because_it_has_no_sign_in_that_could_end() =>
        Assert.Null(Tokens.Create(access with { SignIn = null }, Session));
}
