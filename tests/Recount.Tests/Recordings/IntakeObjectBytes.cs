using System.Buffers;
using System.Security.Cryptography;
using Recount.Capture.Intake;
using Recount.Wire;

namespace Recount.Tests.Recordings;

/// <summary>Writes a whole intake object by its format, so that a test decides what stands in which.</summary>
internal static class IntakeObjectBytes
{
    public static byte[] Of(IntakeKey key, IReadOnlyList<TestChunk> chunks)
    {
        var marker = RandomNumberGenerator.GetBytes(IntakeFormat.MarkerBytes);
        var header = IntakeFormat.WriteHeader(key, marker, chunks.Count == 0 ? 0 : chunks[0].Head.ReceivedAtMicros);
        var output = new ArrayBufferWriter<byte>();
        output.Write(header);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Hash256.Of(header).ToArray());
        var accounts = chunks.Select(chunk => chunk.Account).Distinct().ToList();
        var table = new List<long[]>();
        foreach (var chunk in chunks)
        {
            var offset = output.WrittenCount;
            var length = IntakeFormat.WriteFrame(output, marker, table.Count, chunk.Head, chunk.Body, hash);
            table.Add([offset, length, accounts.IndexOf(chunk.Account)]);
        }

        var chain = new Hash256(hash.GetHashAndReset());
        IntakeFormat.WriteMark(output, marker, table.Count, output.WrittenCount, chain);
        output.Write(IntakeFormat.WriteFooter(marker, new IntakeFooter
        {
            Version = IntakeFooter.CurrentVersion,
            Node = key.Node,
            Boot = key.Boot,
            N = key.N,
            Closed = IntakeClosing.Age,
            Committed = output.WrittenCount,
            Frames = chunks.Count,
            Chain = chain.ToString(),
            Accounts = accounts,
            Counts = [.. chunks
                .GroupBy(chunk => (chunk.Account, Hour: NodeClock.HourOf(chunk.Head.ReceivedAtMicros)))
                .Select(group => new IntakeCount(
                    accounts.IndexOf(group.Key.Account), group.Key.Hour, group.Count(), group.Sum(chunk => (long)chunk.Body.Length)))],
            Table = table,
        }));
        return output.WrittenSpan.ToArray();
    }
}
