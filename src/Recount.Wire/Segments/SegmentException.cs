namespace Recount.Wire.Segments;

/// <summary>What is wrong with a part.</summary>
public enum SegmentFault
{
    /// <summary>It cannot be read.</summary>
    Damaged,

    /// <summary>It can be read and its bytes are not those it was sealed with.</summary>
    HashMismatch,

    /// <summary>A later version wrote it.</summary>
    VersionNewer,

    /// <summary>Its hashes hold and its signature does not.</summary>
    NotAuthentic,
}

/// <summary>A part that is not what it should be.</summary>
public sealed class SegmentException(SegmentFault fault, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public SegmentFault Fault { get; } = fault;
}
