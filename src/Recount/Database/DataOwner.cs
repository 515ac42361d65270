namespace Recount.Database;

/// <summary>The installation whose data directory this process holds.</summary>
/// <param name="Installation">Its id.</param>
/// <param name="SigningKeyId">Id of the key that signs its recordings.</param>
/// <param name="PublicKey">The public half, PEM.</param>
public sealed record DataOwner(Guid Installation, byte[] SigningKeyId, string PublicKey);
