using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using Recount.Access;

namespace Recount.Replay;

/// <summary>What a stage token allows: to read one session of one account.</summary>
/// <param name="Account">The account.</param>
/// <param name="Session">The session.</param>
/// <param name="SignIn">The browser's sign-in that it was made for; it ends with it.</param>
public sealed record StageGrant(Guid Account, Guid Session, Guid SignIn);

/// <summary>
/// Makes and reads stage tokens. The stage runs on a host without cookies, so a token is all that it has; it is made for
/// one session and sealed with the installation's keys, and nothing about it is stored.
/// </summary>
public sealed class StageTokens(IDataProtectionProvider protection, IOptions<ReplayOptions> options, TimeProvider time)
{
    private const int IdBytes = 16;
    private const int PayloadBytes = (3 * IdBytes) + sizeof(long);

    private readonly IDataProtector protector = protection.CreateProtector("Recount.Replay.StageToken.v1");

    /// <summary>How long a new token lasts.</summary>
    public TimeSpan Lifetime => options.Value.TokenLifetime;

    /// <returns>Null for a program: only a browser's sign-in can be watched ending.</returns>
    public string? Create(AccountAccess access, Guid session)
    {
        if (access.SignIn is not { } signIn)
        {
            return null;
        }

        Span<byte> payload = stackalloc byte[PayloadBytes];
        access.Account.TryWriteBytes(payload);
        session.TryWriteBytes(payload[IdBytes..]);
        signIn.TryWriteBytes(payload[(2 * IdBytes)..]);
        BinaryPrimitives.WriteInt64LittleEndian(payload[(3 * IdBytes)..], (time.GetUtcNow() + Lifetime).UtcTicks);
        return Base64Url.EncodeToString(protector.Protect(payload.ToArray()));
    }

    /// <returns>Null when the token is none of this installation's, or its time is over.</returns>
    public StageGrant? Read(string token)
    {
        try
        {
            var payload = protector.Unprotect(Base64Url.DecodeFromChars(token)).AsSpan();
            return payload.Length == PayloadBytes
                && BinaryPrimitives.ReadInt64LittleEndian(payload[(3 * IdBytes)..]) > time.GetUtcNow().UtcTicks
                    ? new StageGrant(
                        new Guid(payload[..IdBytes]),
                        new Guid(payload.Slice(IdBytes, IdBytes)),
                        new Guid(payload.Slice(2 * IdBytes, IdBytes)))
                    : null;
        }
        catch (Exception malformed) when (malformed is FormatException or CryptographicException)
        {
            return null;
        }
    }
}
