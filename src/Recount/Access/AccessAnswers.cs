namespace Recount.Access;

/// <summary>An app with the key that its pages send with now.</summary>
internal sealed record AppItem(
    Guid App, string Name, string Key, bool Paused, IReadOnlyList<string> Origins, DateTimeOffset CreatedAt);

/// <summary>The account's apps, oldest first.</summary>
internal sealed record AppsAnswer(IReadOnlyList<AppItem> Items);

/// <summary>A new app with the key that its pages send with.</summary>
internal sealed record NewAppAnswer(Guid Account, Guid App, string Name, string Key);

/// <summary>An app's new key.</summary>
internal sealed record NewKeyAnswer(Guid Account, Guid App, string Key);

/// <summary>A token as it may be shown: never the token itself.</summary>
internal sealed record TokenItem(
    Guid Id,
    string Name,
    string Role,
    string Prefix,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LastUsedAt,
    DateTimeOffset? RevokedAt);

/// <summary>The account's tokens.</summary>
internal sealed record TokensAnswer(IReadOnlyList<TokenItem> Items);

/// <summary>A new token; this answer is the only one that holds it.</summary>
internal sealed record NewTokenAnswer(string Token);
