using Recount.Capture.Intake;
using Recount.Wire.Segments;

namespace Recount.Recordings.Quarantine;

/// <summary>Finds which accepted frames a damaged range held, from the footer's table.</summary>
internal static class DamagedFrames
{
    private const string Detail = "The intake object is damaged here.";

    public static IEnumerable<QuarantinedFrame> Of(IntakeObject source)
    {
        var found = source.Frames.Select(frame => frame.Number).ToHashSet();
        var table = source.Footer?.Table ?? [];
        var receivedAt = source.Frames.Count > 0 ? source.Frames[0].Head.ReceivedAtMicros : 0;
        var unexplained = source.Damage.Concat(source.Footer?.Damage ?? []).Distinct().ToList();
        for (var row = 0; row < table.Count; row++)
        {
            var number = IntakeFooter.FrameNumber(table[row], row);
            if (found.Contains(number))
            {
                continue;
            }

            var (offset, length) = (table[row][0], table[row][1]);
            unexplained.RemoveAll(damage => damage.Offset >= offset && damage.Offset < offset + length);
            yield return Damaged(source, number, source.Footer!.Accounts[(int)table[row][2]], offset, length, receivedAt);
        }

        for (var i = 0; i < unexplained.Count; i++)
        {
            yield return Damaged(source, -1 - i, Guid.Empty, unexplained[i].Offset, unexplained[i].Length, receivedAt);
        }
    }

    private static QuarantinedFrame Damaged(
        IntakeObject source, int number, Guid account, long offset, long length, long receivedAtMicros)
    {
        var start = Math.Min(offset, source.Bytes.Length);
        var bytes = source.Bytes.Slice((int)start, (int)Math.Min(length, source.Bytes.Length - start));
        var address = new FrameAddress(source.Key.Node, source.Key.Boot, source.Key.N, number);
        return new QuarantinedFrame(address, account, null, QuarantineReason.Damaged, Detail, bytes, receivedAtMicros);
    }
}
