using System.ComponentModel;
using System.Globalization;

namespace Recount.Primitives;

/// <summary>A number of bytes, written in options as <c>64 MiB</c>, <c>10 kB</c> or a plain number of bytes.</summary>
[TypeConverter(typeof(ByteSizeConverter))]
public readonly record struct ByteSize(long Bytes) : IComparable<ByteSize>, IComparable
{
    private static readonly (string Unit, long Factor)[] Units =
    [
        ("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10),
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000), ("B", 1),
    ];

    public static ByteSize MiB(long value) => new(value << 20);

    public static ByteSize KiB(long value) => new(value << 10);

    public static ByteSize GiB(long value) => new(value << 30);

    /// <exception cref="FormatException">The text is not a number with an optional unit, or is negative.</exception>
    public static ByteSize Parse(string text)
    {
        var trimmed = text.Trim();
        var factor = 1L;
        foreach (var (unit, unitFactor) in Units)
        {
            if (trimmed.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
            {
                trimmed = trimmed[..^unit.Length].TrimEnd();
                factor = unitFactor;
                break;
            }
        }

        if (!decimal.TryParse(trimmed, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number > (decimal)long.MaxValue / factor)
        {
            throw new FormatException($"'{text}' is not a size; write for example '64 MiB' or '10 kB'.");
        }

        return new ByteSize((long)(number * factor));
    }

    public int CompareTo(ByteSize other) => Bytes.CompareTo(other.Bytes);

    /// <summary>For ranges of options, which compare objects.</summary>
    int IComparable.CompareTo(object? other) => other is ByteSize size ? CompareTo(size) : 1;

    public override string ToString()
    {
        foreach (var (unit, factor) in Units.AsSpan(0, 4))
        {
            if (Bytes >= factor)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{(double)Bytes / factor:0.#} {unit}");
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{Bytes} B");
    }

    public static bool operator <(ByteSize left, ByteSize right) => left.Bytes < right.Bytes;

    public static bool operator >(ByteSize left, ByteSize right) => left.Bytes > right.Bytes;

    public static bool operator <=(ByteSize left, ByteSize right) => left.Bytes <= right.Bytes;

    public static bool operator >=(ByteSize left, ByteSize right) => left.Bytes >= right.Bytes;
}

/// <summary>Lets configuration bind <see cref="ByteSize"/> from text.</summary>
public sealed class ByteSizeConverter : TypeConverter
{
    public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) =>
        sourceType == typeof(string) || base.CanConvertFrom(context, sourceType);

    public override object? ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
        value is string text ? ByteSize.Parse(text) : base.ConvertFrom(context, culture, value);
}
