using System.Text.Json.Serialization;

namespace Recount.Capture.Intake;

/// <summary>The footer of an intake object, as its JSON.</summary>
public sealed record IntakeFooter
{
    public const int CurrentVersion = 1;

    public required int Version { get; init; }

    public required Guid Node { get; init; }

    public required Guid Boot { get; init; }

    public required long N { get; init; }

    /// <summary>Why it was closed: one of <see cref="IntakeClosing"/>.</summary>
    public required string Closed { get; init; }

    /// <summary>Length up to and including the last commit mark.</summary>
    public required long Committed { get; init; }

    public required int Frames { get; init; }

    /// <summary>64 hex digits.</summary>
    public required string Chain { get; init; }

    /// <summary>The object before it in the boot; null for the first, or where a later process closed it.</summary>
    public IntakePrevious? Previous { get; init; }

    public required IReadOnlyList<Guid> Accounts { get; init; }

    public required IReadOnlyList<IntakeCount> Counts { get; init; }

    /// <summary>
    /// One row a frame: offset, length, index in <see cref="Accounts"/>, and the frame's number where it is not the row's.
    /// </summary>
    public required IReadOnlyList<long[]> Table { get; init; }

    public IReadOnlyList<IntakeDamage> Damage { get; init; } = [];

    /// <summary>Number of the frame that a row of <see cref="Table"/> describes.</summary>
    public static int FrameNumber(long[] row, int index) => row.Length > 3 ? (int)row[3] : index;
}

/// <param name="N">Number of the object before.</param>
/// <param name="Chain">Its chain, 64 hex digits.</param>
public sealed record IntakePrevious(long N, string Chain);

/// <summary>What conservation counts as accepted.</summary>
/// <param name="Account">Index in <see cref="IntakeFooter.Accounts"/>.</param>
/// <param name="Hour">Start of the hour of reception.</param>
/// <param name="Frames">Frames.</param>
/// <param name="Bytes">Bytes of their bodies.</param>
public sealed record IntakeCount(int Account, DateTimeOffset Hour, long Frames, long Bytes);

/// <summary>Why an intake object was closed.</summary>
public static class IntakeClosing
{
    public const string Age = "age";
    public const string Size = "size";
    public const string Hour = "hour";
    public const string Shutdown = "shutdown";

    /// <summary>A write or fsync failed; the file is never appended to again.</summary>
    public const string Failed = "failed";

    /// <summary>A later process closed it.</summary>
    public const string Recovered = "recovered";

    /// <summary>It was closed and its footer cannot be read any more. A reader says so; it is in no stored footer.</summary>
    public const string Damaged = "damaged";

    public static IReadOnlyList<string> All { get; } = [Age, Size, Hour, Shutdown, Failed, Recovered, Damaged];
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IntakeFooter))]
internal sealed partial class IntakeJson : JsonSerializerContext;
