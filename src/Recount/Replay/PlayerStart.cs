using System.Text.Json;
using Recount.Access;
using Recount.Primitives;
using Recount.Recordings.Reading;

namespace Recount.Replay;

/// <summary>
/// What the player begins with, written into the session page: asked for by the player itself, the manifest and the stage
/// token would each be another way to the server and back before the first picture.
/// </summary>
public sealed class PlayerStart(StageTokens tokens)
{
    /// <summary>The manifest and a first stage token, as JSON; no token for a program.</summary>
    /// <param name="session">The session.</param>
    /// <param name="state">Its state now.</param>
    /// <param name="access">Who watches.</param>
    public string ToJson(SessionView session, string state, AccountAccess access) =>
        JsonSerializer.Serialize(
            new
            {
                Manifest = ReplayManifest.Of(session, state),
                StageToken = tokens.Create(access, session.Content.Session) is { } token
                    ? new StageTokenAnswer(token, (long)tokens.Lifetime.TotalMilliseconds)
                    : null,
            },
            ApiJson.Options);
}

/// <summary>A stage token as the player gets it.</summary>
internal sealed record StageTokenAnswer(string Token, long ExpiresInMs);
