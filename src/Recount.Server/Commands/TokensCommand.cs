using System.CommandLine;

namespace Recount.Server.Commands;

/// <summary><c>recount tokens</c>: what programs use for the API.</summary>
internal static class TokensCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "What the token is for." };

    private static readonly Argument<Guid> Id = CliOptions.Id("ID", "The token's id.", "tokens list");

    private static readonly Option<string> Role = new("--role")
    {
        Description = "What it may do: viewer, member, admin or owner.",
        HelpName = "ROLE",
        DefaultValueFactory = _ => "viewer",
    };

    public static Command Create()
    {
        var create = new Command("create", "Make a token; it is shown this once.") { Name, Role };
        create.SetApiAction(CreateAsync);
        var list = new Command("list", "List the tokens.");
        list.SetApiAction(ListAsync);
        var revoke = new Command("revoke", "Make a token worth nothing.") { Id };
        revoke.SetApiAction(RevokeAsync);
        return new Command("tokens", "Make tokens, list them, revoke them.") { create, list, revoke };
    }

    private static async Task<int> CreateAsync(
        ApiClient api, CommandOutput output, ParseResult parsed, CancellationToken token)
    {
        var body = new { Name = parsed.GetValue(Name), Role = parsed.GetValue(Role) };
        var created = await api.PostAsync<CreatedToken>("/api/v1/tokens", body, token).ConfigureAwait(false);
        output.Write(created, () => output.Line(created.Token));
        return 0;
    }

    private static async Task<int> ListAsync(
        ApiClient api, CommandOutput output, ParseResult parsed, CancellationToken token)
    {
        var tokens = await api.GetAsync<TokenList>("/api/v1/tokens", token).ConfigureAwait(false);
        output.Write(tokens, () => output.Table(
            ["id", "name", "role", "begins with", "last used", "state"],
            tokens.Items.Select(item => new[]
            {
                item.Id.ToString(), item.Name, item.Role, item.Prefix,
                item.LastUsedAt is { } used ? $"{used:yyyy-MM-dd HH:mm}Z" : "never",
                item.RevokedAt is null ? "" : "revoked",
            })));
        return 0;
    }

    private static async Task<int> RevokeAsync(
        ApiClient api, CommandOutput output, ParseResult parsed, CancellationToken token)
    {
        var id = parsed.GetValue(Id);
        await api.DeleteAsync($"/api/v1/tokens/{id}", token).ConfigureAwait(false);
        output.Write(new { Revoked = id }, () => output.Line("The token was revoked."));
        return 0;
    }

    private sealed record CreatedToken(string Token);

    private sealed record TokenList(IReadOnlyList<TokenItem> Items);

    private sealed record TokenItem(
        Guid Id,
        string Name,
        string Role,
        string Prefix,
        DateTimeOffset CreatedAt,
        DateTimeOffset? LastUsedAt,
        DateTimeOffset? RevokedAt);
}
