using Recount.Capture.Intake;
using Recount.Wire;
using Recount.Wire.Chunks;
using Recount.Wire.Segments;

namespace Recount.Recordings.Quarantine;

/// <summary>Why a frame is in quarantine; the closed list of <c>docs/schemas/lists.json</c>.</summary>
public static class QuarantineReason
{
    /// <summary>The identity is taken by other content; the first stays.</summary>
    public const string Conflict = "conflict";

    /// <summary>The session belongs to another write key or app.</summary>
    public const string Foreign = "foreign";

    public const string HashMismatch = "hash_mismatch";
    public const string Undecodable = "undecodable";
    public const string TooLarge = "too_large";
    public const string TooDeep = "too_deep";

    /// <summary>The bytes are not those that were acknowledged.</summary>
    public const string Damaged = "damaged";

    public static IReadOnlyList<string> All { get; } =
        [Conflict, Foreign, HashMismatch, Undecodable, TooLarge, TooDeep, Damaged];

    public static string Of(ContentFault fault) => fault switch
    {
        ContentFault.TooLarge => TooLarge,
        ContentFault.TooDeep => TooDeep,
        ContentFault.HashMismatch => HashMismatch,
        _ => Undecodable,
    };
}

/// <summary>A frame, or what is left of one, that cannot be archived as it is.</summary>
/// <param name="Address">Where it stood; a negative frame number for a range that held no known frame.</param>
/// <param name="Account">Whose it is; empty when nothing tells.</param>
/// <param name="Head">What was known when it came; null when the head is damaged.</param>
/// <param name="Reason">One of <see cref="QuarantineReason"/>.</param>
/// <param name="Detail">What is wrong with it.</param>
/// <param name="Bytes">Its body, or the damaged range.</param>
/// <param name="ReceivedAtMicros">When it came; for a damaged head, an estimate from its neighbours.</param>
public sealed record QuarantinedFrame(
    FrameAddress Address,
    Guid Account,
    IntakeFrameHead? Head,
    string Reason,
    string Detail,
    ReadOnlyMemory<byte> Bytes,
    long ReceivedAtMicros)
{
    public const string Prefix = "quarantine";

    /// <summary>Key of the object that keeps the bytes.</summary>
    public string Key => KeyOf(Account, Address);

    /// <summary>Counts in conservation: the intake's footer counted it as accepted.</summary>
    public bool Counts => Address.Frame >= 0;

    public static string KeyOf(Guid account, FrameAddress address) =>
        $"{Prefix}/{account:D}/{address.Node:D}-{address.Boot:D}-{address.N:D16}-{address.Frame}";

    public static QuarantinedFrame Of(IntakeKey key, IntakeFrame frame, string reason, string detail) => new(
        new FrameAddress(key.Node, key.Boot, key.N, frame.Number),
        frame.Head.Account,
        frame.Head,
        reason,
        detail,
        frame.Body,
        frame.Head.ReceivedAtMicros);
}
