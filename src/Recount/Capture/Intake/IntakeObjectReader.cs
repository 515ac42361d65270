using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Recount.Wire;

namespace Recount.Capture.Intake;

/// <summary>An intake object as it was read: every whole frame, and every range that is none.</summary>
public sealed record IntakeObject
{
    public required IntakeKey Key { get; init; }

    /// <summary>The object as it stands, its sibling not included.</summary>
    public required ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>Null while the object is open, or when whoever wrote it never closed it.</summary>
    public required IntakeFooter? Footer { get; init; }

    /// <summary>Null when neither header, footer nor first frame tell it.</summary>
    public required byte[]? Marker { get; init; }

    /// <summary>Length up to and including the last commit mark.</summary>
    public required long Committed { get; init; }

    /// <summary>Chain at the last commit mark.</summary>
    public required Hash256 Chain { get; init; }

    public required IReadOnlyList<IntakeFrame> Frames { get; init; }

    public required IReadOnlyList<IntakeDamage> Damage { get; init; }
}

/// <summary>Reads the bytes of an intake object by the rules of <c>docs/intake-format.md</c>.</summary>
public static class IntakeObjectReader
{
    /// <param name="key">The object's key.</param>
    /// <param name="bytes">The whole object as it stands.</param>
    /// <param name="closing">The sibling that closes it; null when there is none.</param>
    public static IntakeObject Read(IntakeKey key, ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte>? closing)
    {
        var span = bytes.Span;
        var headerIsWhole = IsHeaderWhole(span);
        var ownMarker = MarkerOf(bytes, headerIsWhole);
        var (footer, footerMarker) = ReadFooter(span, key);

        // A body may end in what looks like a footer, and a torn object with that body: only the marker tells them apart.
        if (footer is not null && ownMarker is not null && !footerMarker.AsSpan().SequenceEqual(ownMarker))
        {
            (footer, footerMarker) = (null, null);
        }

        if (footer is null && closing is { } sibling)
        {
            (footer, footerMarker) = ReadFooter(sibling.Span, key);
        }

        // A footer of nothing may have been written by recovery, which did not know the marker either.
        if ((ownMarker ?? (footer is { Committed: > 0 } ? footerMarker : null)) is not { } marker)
        {
            return Unreadable(key, bytes, footer);
        }

        var marks = FindMarks(span, marker);
        var committed = footer?.Committed ?? (marks.Count == 0 ? 0 : marks[^1] + IntakeFormat.MarkBytes);
        var lastGroupStart = LastGroupStart(footer, marks, committed);
        var frames = new List<IntakeFrame>();
        var damage = new List<IntakeDamage>();
        if (!headerIsWhole && committed > 0)
        {
            damage.Add(new IntakeDamage(0, IntakeFormat.HeaderBytes, Proven: lastGroupStart > IntakeFormat.HeaderBytes));
        }

        Walk(bytes, marker, committed, lastGroupStart, frames, damage);
        return new IntakeObject
        {
            Key = key,
            Bytes = bytes,
            Footer = footer,
            Marker = marker,
            Committed = committed,
            Chain = ChainAt(span, marks, committed),
            Frames = frames,
            Damage = damage,
        };
    }

    /// <summary>
    /// Neither header, first frame nor footer is whole. Frames further on cannot be told from what a body holds, so the
    /// object is damage as a whole, and nothing when it was torn before its first frame.
    /// </summary>
    private static IntakeObject Unreadable(IntakeKey key, ReadOnlyMemory<byte> bytes, IntakeFooter? footer) => new()
    {
        Key = key,
        Bytes = bytes,
        Footer = footer,
        Marker = null,
        Committed = footer?.Committed ?? 0,
        Chain = default,
        Frames = [],
        Damage = footer?.Damage
            ?? (bytes.Length > IntakeFormat.HeaderBytes ? [new IntakeDamage(0, bytes.Length, Proven: false)] : []),
    };

    /// <summary>Where the group begins that may never have been acknowledged; the end where its writer closed the object.</summary>
    private static long LastGroupStart(IntakeFooter? footer, List<long> marks, long committed)
    {
        if (footer is { Closed: not IntakeClosing.Recovered })
        {
            return committed;
        }

        var last = marks.FindLastIndex(mark => mark + IntakeFormat.MarkBytes <= committed);
        return last <= 0 ? Math.Min(committed, IntakeFormat.HeaderBytes) : marks[last - 1] + IntakeFormat.MarkBytes;
    }

    private static bool IsHeaderWhole(ReadOnlySpan<byte> span) =>
        span.Length >= IntakeFormat.HeaderBytes
        && span.StartsWith(IntakeFormat.HeaderMagic)
        && BinaryPrimitives.ReadUInt32LittleEndian(span[92..]) == Crc32C.Of(span[..92]);

    private static byte[]? MarkerOf(ReadOnlyMemory<byte> bytes, bool headerIsWhole)
    {
        if (headerIsWhole)
        {
            return bytes.Span.Slice(48, IntakeFormat.MarkerBytes).ToArray();
        }

        // A frame's CRC covers its marker. Without it a lost sector would make zeros the marker, which a body can hold.
        return bytes.Length > IntakeFormat.HeaderBytes
            && IntakeFormat.ReadFrame(bytes[IntakeFormat.HeaderBytes..], IntakeFormat.HeaderBytes) is not null
            ? bytes.Span.Slice(IntakeFormat.HeaderBytes, IntakeFormat.MarkerBytes).ToArray()
            : null;
    }

    private static (IntakeFooter? Footer, byte[]? Marker) ReadFooter(ReadOnlySpan<byte> span, IntakeKey key)
    {
        if (span.Length < IntakeFormat.FooterBytes || !span.EndsWith(IntakeFormat.FooterMagic))
        {
            return (null, null);
        }

        // In the object the footer stands at its own offset, in the sibling at the beginning.
        var offset = BinaryPrimitives.ReadInt64LittleEndian(span[^16..]);
        var start = offset >= 0 && offset <= span.Length - IntakeFormat.FooterBytes && !IsRecord(span, 0) ? (int)offset : 0;
        if (!IsRecord(span, start))
        {
            return (null, null);
        }

        var record = span[start..];
        var textLength = BinaryPrimitives.ReadInt32LittleEndian(record[20..]);
        var footer = JsonSerializer.Deserialize(record.Slice(24, textLength), IntakeJson.Default.IntakeFooter);
        return footer is { Version: <= IntakeFooter.CurrentVersion }
            && (footer.Node, footer.Boot, footer.N) == (key.Node, key.Boot, key.N)
            ? (footer, record[..IntakeFormat.MarkerBytes].ToArray())
            : (null, null);
    }

    private static bool IsRecord(ReadOnlySpan<byte> span, int start)
    {
        var record = span[start..];
        if (record.Length < IntakeFormat.FooterBytes || record[16] != IntakeFormat.FooterType)
        {
            return false;
        }

        var textLength = BinaryPrimitives.ReadInt32LittleEndian(record[20..]);
        return textLength >= 0
            && textLength == record.Length - IntakeFormat.FooterBytes
            && BinaryPrimitives.ReadUInt32LittleEndian(record[(24 + textLength)..]) == Crc32C.Of(record[..(24 + textLength)]);
    }

    private static List<long> FindMarks(ReadOnlySpan<byte> span, byte[] marker)
    {
        var marks = new List<long>();
        for (var at = IntakeFormat.HeaderBytes; NextMarker(span, marker, at) is var found and >= 0; at = found + 1)
        {
            if (IsMark(span[found..], found))
            {
                marks.Add(found);
            }
        }

        return marks;
    }

    private static bool IsMark(ReadOnlySpan<byte> record, long offset) =>
        record.Length >= IntakeFormat.MarkBytes
        && record[16] == IntakeFormat.MarkType
        && BinaryPrimitives.ReadInt64LittleEndian(record[24..]) == offset
        && BinaryPrimitives.ReadUInt32LittleEndian(record[68..]) == Crc32C.Of(record[..68]);

    private static int NextMarker(ReadOnlySpan<byte> span, byte[] marker, int from)
    {
        if (from >= span.Length)
        {
            return -1;
        }

        var found = span[from..].IndexOf(marker);
        return found < 0 ? -1 : from + found;
    }

    private static void Walk(
        ReadOnlyMemory<byte> bytes,
        byte[] marker,
        long committed,
        long lastGroupStart,
        List<IntakeFrame> frames,
        List<IntakeDamage> damage)
    {
        var end = (int)Math.Min(committed, bytes.Length);
        var at = IntakeFormat.HeaderBytes;
        while (at < end)
        {
            var length = RecordLength(bytes[at..end], marker, at, frames);
            if (length > 0)
            {
                at += length;
                continue;
            }

            var next = NextRecord(bytes, marker, at + 1, end);
            damage.Add(new IntakeDamage(at, next - at, Proven: at < lastGroupStart));
            at = next;
        }

        if (committed > bytes.Length)
        {
            damage.Add(new IntakeDamage(bytes.Length, committed - bytes.Length, Proven: true));
        }
    }

    /// <returns>Bytes of the whole record at the start of the bytes; 0 when there is none.</returns>
    private static int RecordLength(ReadOnlyMemory<byte> bytes, byte[] marker, long offset, List<IntakeFrame>? frames)
    {
        if (!bytes.Span.StartsWith(marker))
        {
            return 0;
        }

        if (IsMark(bytes.Span, offset))
        {
            return IntakeFormat.MarkBytes;
        }

        if (IntakeFormat.ReadFrame(bytes, offset) is not { } frame || frame.Length > bytes.Length)
        {
            return 0;
        }

        frames?.Add(frame);
        return frame.Length;
    }

    private static int NextRecord(ReadOnlyMemory<byte> bytes, byte[] marker, int from, int end)
    {
        for (var at = NextMarker(bytes.Span[..end], marker, from); at >= 0; at = NextMarker(bytes.Span[..end], marker, at + 1))
        {
            if (RecordLength(bytes[at..end], marker, at, null) > 0)
            {
                return at;
            }
        }

        return end;
    }

    private static Hash256 ChainAt(ReadOnlySpan<byte> span, List<long> marks, long committed)
    {
        var mark = marks.FindLast(mark => mark + IntakeFormat.MarkBytes <= committed);
        return mark == 0 ? default : new Hash256(span.Slice((int)mark + 32, Hash256.Length));
    }
}
