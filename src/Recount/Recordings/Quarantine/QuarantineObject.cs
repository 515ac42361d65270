using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Recount.Capture.Intake;
using Recount.ObjectStore;
using Recount.Primitives;
using Recount.Wire;
using Recount.Wire.Segments;

namespace Recount.Recordings.Quarantine;

/// <summary>The bytes of a quarantined frame in the object store; see <c>docs/intake-format.md</c>.</summary>
public static class QuarantineObject
{
    private const int FixedBytes = 16;
    private const int CrcBytes = 4;

    private static ReadOnlySpan<byte> Magic => "RCNTQUA1"u8;

    /// <summary>Keeps the bytes; a frame that is quarantined again finds its own bytes there.</summary>
    public static async Task PutAsync(IObjectStore store, QuarantinedFrame frame, CancellationToken token)
    {
        var bytes = Write(frame);
        using var content = new MemoryStream(bytes, writable: false);
        await store.PutIfAbsentAsync(frame.Key, content, token).ConfigureAwait(false);
        Failpoint.Hit(Failpoint.QuarantineAfterObject);
    }

    /// <returns>Null when there is no such object, or it is damaged.</returns>
    public static async Task<QuarantinedFrame?> ReadAsync(
        IObjectStore store, string key, ReadFrom from, CancellationToken token)
    {
        using var stored = await store.OpenAsync(key, from, token).ConfigureAwait(false);
        if (stored is null || stored.Length < FixedBytes + CrcBytes || TryParseKey(key) is not { } named)
        {
            return null;
        }

        var bytes = new byte[stored.Length];
        await stored.ReadExactlyAsync(0, bytes, token).ConfigureAwait(false);
        return Parse(bytes, named.Account, named.Address);
    }

    /// <summary>The account and the frame's address that a key names.</summary>
    /// <returns>Null when it is no key of a quarantine object.</returns>
    public static (Guid Account, FrameAddress Address)? TryParseKey(string key)
    {
        const int uuidLength = 36;
        var parts = key.Split('/');
        if (parts.Length != 3
            || !Guid.TryParseExact(parts[1], "D", out var account)
            || parts[2].Length < (2 * uuidLength) + 20
            || !Guid.TryParseExact(parts[2].AsSpan(0, uuidLength), "D", out var node)
            || !Guid.TryParseExact(parts[2].AsSpan(uuidLength + 1, uuidLength), "D", out var boot)
            || !long.TryParse(parts[2].AsSpan((2 * uuidLength) + 2, 16), NumberStyles.None, CultureInfo.InvariantCulture, out var n)
            || !int.TryParse(
                parts[2].AsSpan((2 * uuidLength) + 19), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var frame))
        {
            return null;
        }

        return (account, new FrameAddress(node, boot, n, frame));
    }

    private static byte[] Write(QuarantinedFrame frame)
    {
        var head = frame.Head is null ? [] : IntakeFormat.WriteHead(frame.Head);
        var text = JsonSerializer.SerializeToUtf8Bytes(
            new QuarantineText(frame.Reason, frame.Detail, frame.ReceivedAtMicros), QuarantineJson.Default.QuarantineText);
        var output = new ArrayBufferWriter<byte>(FixedBytes + head.Length + text.Length + frame.Bytes.Length + CrcBytes);
        output.Write(Magic);
        output.WriteUInt32(head.Length);
        output.WriteUInt32(text.Length);
        output.Write(head);
        output.Write(text);
        output.Write(frame.Bytes.Span);
        output.WriteUInt32(Crc32C.Of(output.WrittenSpan));
        return output.WrittenSpan.ToArray();
    }

    private static QuarantinedFrame? Parse(byte[] bytes, Guid account, FrameAddress address)
    {
        var content = bytes.AsSpan(0, bytes.Length - CrcBytes);
        if (!content.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(content.Length)) != Crc32C.Of(content))
        {
            return null;
        }

        var headLength = BinaryPrimitives.ReadInt32LittleEndian(content[8..]);
        var textLength = BinaryPrimitives.ReadInt32LittleEndian(content[12..]);
        var head = headLength == 0 ? null : IntakeFormat.TryReadHead(content.Slice(FixedBytes, headLength));
        var text = JsonSerializer.Deserialize(
            content.Slice(FixedBytes + headLength, textLength), QuarantineJson.Default.QuarantineText)!;
        var body = bytes.AsMemory(FixedBytes + headLength + textLength, content.Length - FixedBytes - headLength - textLength);
        return new QuarantinedFrame(address, account, head, text.Reason, text.Detail, body, text.ReceivedAtMicros);
    }
}

internal sealed record QuarantineText(string Reason, string Detail, long ReceivedAtMicros);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(QuarantineText))]
internal sealed partial class QuarantineJson : JsonSerializerContext;
