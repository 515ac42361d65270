using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Recount.Wire.Chunks;

namespace Recount.Wire.Segments;

/// <summary>The bytes of <c>docs/recording-format.md</c>, version 1.</summary>
public static class SegmentFormat
{
    public const int TrailerBytes = 80;
    public const int SignatureBytes = 64;
    public const int MaxFooterBytes = 64 << 20;
    public const int MaxBlockBytes = 64 << 20;

    private const int KeyIdBytes = 16;
    private const int CrcOffset = 68;
    private const int LeastBlockRowBytes = 114;
    private const int LeastChunkRowBytes = 127;
    private const int SourceRowBytes = 32;

    public static ReadOnlySpan<byte> HeaderMagic => "RCNTREC1"u8;

    private static ReadOnlySpan<byte> TrailerMagic => "RCNTEND1"u8;

    public static byte[] WriteFooter(SegmentFooter footer)
    {
        var output = new ArrayBufferWriter<byte>(256 + (footer.Chunks.Count * 192));
        output.WriteUInt16(SegmentFooter.Version);
        output.WriteByte((byte)footer.Kind);
        output.WriteUuid(footer.Account);
        output.WriteUuid(footer.App);
        output.WriteUuid(footer.Session);
        output.WriteUuid(footer.Page);
        output.WriteUInt32(footer.Part);
        output.WriteHash(footer.WriteKeyHash);
        output.WriteUuid(footer.Installation);
        output.WriteInt64(footer.SealedAtMicros);
        output.WriteHash(footer.PreviousRoot ?? default);
        output.WriteHash(footer.RecordingRoot ?? default);
        output.WriteInt64(footer.ContentLength);
        var sources = footer.Chunks.Select(chunk => (chunk.Frame.Node, chunk.Frame.Boot)).Distinct().ToList();
        output.WriteUInt16(sources.Count);
        foreach (var (node, boot) in sources)
        {
            output.WriteUuid(node);
            output.WriteUuid(boot);
        }

        output.WriteUInt32(footer.Blocks.Count);
        foreach (var block in footer.Blocks)
        {
            WriteBlock(output, block);
        }

        output.WriteUInt32(footer.Chunks.Count);
        foreach (var chunk in footer.Chunks)
        {
            WriteChunk(output, chunk, sources.IndexOf((chunk.Frame.Node, chunk.Frame.Boot)));
        }

        return output.WrittenSpan.ToArray();
    }

    /// <exception cref="SegmentException">It is not a footer this version reads.</exception>
    public static SegmentFooter ReadFooter(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return ParseFooter(new BinaryFieldReader(bytes));
        }
        catch (Exception malformed) when (malformed is FormatException or OverflowException)
        {
            throw new SegmentException(SegmentFault.Damaged, $"The footer is malformed: {malformed.Message}", malformed);
        }
    }

    public static byte[] WriteTrailer(SegmentTrailer trailer, ReadOnlySpan<byte> signature)
    {
        var bytes = new byte[TrailerBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, trailer.FooterOffset);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), trailer.FooterLength);
        trailer.KeyId.CopyTo(bytes.AsSpan(16, KeyIdBytes));
        trailer.Root.CopyTo(bytes.AsSpan(32));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(CrcOffset), Crc32C.Of(signature, bytes.AsSpan(0, CrcOffset)));
        TrailerMagic.CopyTo(bytes.AsSpan(72));
        return bytes;
    }

    /// <param name="tail">The last bytes of the object: the signature and the trailer.</param>
    /// <param name="objectLength">Bytes of the object.</param>
    /// <exception cref="SegmentException">It is not a trailer, or points outside of the object.</exception>
    public static SegmentTrailer ReadTrailer(ReadOnlySpan<byte> tail, long objectLength)
    {
        var signature = tail[..SignatureBytes];
        var trailer = tail[SignatureBytes..];
        if (!trailer[72..].SequenceEqual(TrailerMagic)
            || BinaryPrimitives.ReadUInt32LittleEndian(trailer[CrcOffset..]) != Crc32C.Of(signature, trailer[..CrcOffset]))
        {
            throw new SegmentException(SegmentFault.Damaged, "The object does not end as a part does.");
        }

        var offset = BinaryPrimitives.ReadInt64LittleEndian(trailer);
        var length = BinaryPrimitives.ReadInt32LittleEndian(trailer[8..]);
        if (length is <= 0 or > MaxFooterBytes || offset < HeaderMagic.Length || offset + length + tail.Length != objectLength)
        {
            throw new SegmentException(SegmentFault.Damaged, "The trailer does not fit the object's length.");
        }

        var root = new Hash256(trailer.Slice(32, Hash256.Length));
        return new SegmentTrailer(offset, length, trailer.Slice(16, KeyIdBytes).ToArray(), root);
    }

    private static void WriteBlock(ArrayBufferWriter<byte> output, SegmentBlock block)
    {
        output.WriteInt64(block.StoredOffset);
        output.WriteUInt32(block.StoredLength);
        output.WriteHash(block.StoredHash);
        output.WriteInt64(block.ContentOffset);
        output.WriteUInt32(block.ContentLength);
        output.WriteHash(block.ContentHash);
        output.WriteUInt32(block.FirstSeq);
        output.WriteUInt32(block.LastSeq);
        output.WriteDouble(block.ClockFrom);
        output.WriteDouble(block.ClockTo);
        output.WriteByte(block.StartsWithSnapshot ? (byte)1 : (byte)0);
        var kinds = block.Kinds.Index().Where(kind => kind.Item > 0).ToList();
        output.WriteByte((byte)kinds.Count);
        foreach (var (kind, count) in kinds)
        {
            output.WriteByte((byte)kind);
            output.WriteUInt32(count);
        }
    }

    private static void WriteChunk(ArrayBufferWriter<byte> output, SegmentChunk chunk, int source)
    {
        output.WriteUInt32(chunk.Seq);
        output.WriteInt64(chunk.ContentOffset);
        output.WriteUInt32(chunk.ContentLength);
        output.WriteHash(chunk.ContentHash);
        output.WriteUInt32(chunk.ReceivedLength);
        output.WriteHash(chunk.ReceivedHash);
        output.WriteUInt16(source);
        output.WriteInt64(chunk.Frame.N);
        output.WriteUInt32(chunk.Frame.Frame);
        output.WriteInt64(chunk.ReceivedAtMicros);
        output.WriteUInt32(chunk.Entries);
        output.WriteByte((byte)((chunk.HasSnapshot ? 1 : 0) | (chunk.IsLast ? 2 : 0)));
        output.WriteDouble(chunk.ClockFrom);
        output.WriteDouble(chunk.ClockTo);
        var query = Encoding.UTF8.GetBytes(chunk.Query);
        output.WriteUInt16(query.Length);
        output.Write(query);
    }

    private static SegmentFooter ParseFooter(BinaryFieldReader reader)
    {
        var version = reader.ReadUInt16();
        if (version > SegmentFooter.Version)
        {
            throw new SegmentException(
                SegmentFault.VersionNewer, $"The part has version {version}; this build reads up to {SegmentFooter.Version}.");
        }

        var kind = (SegmentKind)reader.ReadByte();
        var (account, app, session, page) = (reader.ReadUuid(), reader.ReadUuid(), reader.ReadUuid(), reader.ReadUuid());
        var part = checked((int)reader.ReadUInt32());
        var writeKeyHash = reader.ReadHash();
        var installation = reader.ReadUuid();
        var sealedAt = reader.ReadInt64();
        var (previous, recording) = (reader.ReadHash(), reader.ReadHash());
        var contentLength = reader.ReadInt64();
        var sources = ReadSources(ref reader);
        var blocks = new SegmentBlock[reader.ReadCount(LeastBlockRowBytes)];
        for (var i = 0; i < blocks.Length; i++)
        {
            blocks[i] = ReadBlock(ref reader);
        }

        var chunks = new SegmentChunk[reader.ReadCount(LeastChunkRowBytes)];
        for (var i = 0; i < chunks.Length; i++)
        {
            chunks[i] = ReadChunk(ref reader, sources);
        }

        return new SegmentFooter
        {
            Kind = kind,
            Account = account,
            App = app,
            Session = session,
            Page = page,
            Part = part,
            WriteKeyHash = writeKeyHash,
            Installation = installation,
            SealedAtMicros = sealedAt,
            PreviousRoot = previous == default ? null : previous,
            RecordingRoot = recording == default ? null : recording,
            ContentLength = contentLength,
            Blocks = blocks,
            Chunks = chunks,
        };
    }

    private static (Guid Node, Guid Boot)[] ReadSources(ref BinaryFieldReader reader)
    {
        var count = reader.ReadUInt16();
        if (count > reader.Remaining / SourceRowBytes)
        {
            throw new FormatException($"{count} sources were announced and {reader.Remaining} bytes are left.");
        }

        var sources = new (Guid, Guid)[count];
        for (var i = 0; i < count; i++)
        {
            sources[i] = (reader.ReadUuid(), reader.ReadUuid());
        }

        return sources;
    }

    private static SegmentBlock ReadBlock(ref BinaryFieldReader reader)
    {
        var block = new SegmentBlock
        {
            StoredOffset = reader.ReadInt64(),
            StoredLength = Bounded(reader.ReadUInt32()),
            StoredHash = reader.ReadHash(),
            ContentOffset = reader.ReadInt64(),
            ContentLength = Bounded(reader.ReadUInt32()),
            ContentHash = reader.ReadHash(),
            FirstSeq = checked((int)reader.ReadUInt32()),
            LastSeq = checked((int)reader.ReadUInt32()),
            ClockFrom = reader.ReadDouble(),
            ClockTo = reader.ReadDouble(),
            StartsWithSnapshot = reader.ReadByte() == 1,
            Kinds = new int[EntryKinds.Count],
        };
        var kinds = (int[])block.Kinds;
        for (var left = reader.ReadByte(); left > 0; left--)
        {
            var kind = reader.ReadByte();
            var count = reader.ReadUInt32();
            kinds[kind < EntryKinds.Count ? kind : 0] += (int)Math.Min(count, int.MaxValue);
        }

        return block;
    }

    private static SegmentChunk ReadChunk(ref BinaryFieldReader reader, (Guid Node, Guid Boot)[] sources)
    {
        var seq = checked((int)reader.ReadUInt32());
        var (offset, length, contentHash) = (reader.ReadInt64(), Bounded(reader.ReadUInt32()), reader.ReadHash());
        var (receivedLength, receivedHash) = (Bounded(reader.ReadUInt32()), reader.ReadHash());
        var source = reader.ReadUInt16();
        if (source >= sources.Length)
        {
            throw new FormatException($"A chunk names source {source} of {sources.Length}.");
        }

        var frame = new FrameAddress(
            sources[source].Node, sources[source].Boot, reader.ReadInt64(), checked((int)reader.ReadUInt32()));
        var receivedAt = reader.ReadInt64();
        var entries = checked((int)reader.ReadUInt32());
        var flags = reader.ReadByte();
        return new SegmentChunk
        {
            Seq = seq,
            ContentOffset = offset,
            ContentLength = length,
            ContentHash = contentHash,
            ReceivedLength = receivedLength,
            ReceivedHash = receivedHash,
            Frame = frame,
            ReceivedAtMicros = receivedAt,
            Entries = entries,
            HasSnapshot = (flags & 1) != 0,
            IsLast = (flags & 2) != 0,
            ClockFrom = reader.ReadDouble(),
            ClockTo = reader.ReadDouble(),
            Query = Encoding.UTF8.GetString(reader.ReadBytes(reader.ReadUInt16())),
        };
    }

    private static int Bounded(uint length) => length <= MaxBlockBytes
        ? (int)length
        : throw new FormatException($"A length of {length} bytes is over the bound of {MaxBlockBytes}.");
}

/// <param name="FooterOffset">Offset of the footer in the object.</param>
/// <param name="FooterLength">Bytes of the footer.</param>
/// <param name="KeyId">Id of the signing key, 16 bytes.</param>
/// <param name="Root">The hash of the footer.</param>
public sealed record SegmentTrailer(long FooterOffset, int FooterLength, byte[] KeyId, Hash256 Root);
