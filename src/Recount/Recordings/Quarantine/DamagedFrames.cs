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
        var hours = HoursOfLostHeads(source);
        var opened = source.Footer?.Counts.Select(count => NodeClock.ToMicros(count.Hour)).DefaultIfEmpty(0).Min() ?? 0;
        var receivedAt = source.Frames.Count > 0 ? source.Frames[0].Head.ReceivedAtMicros : opened;
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
            var account = source.Footer!.Accounts[(int)table[row][2]];
            var hour = hours.TryGetValue(account, out var lost) && lost.TryDequeue(out var next) ? next : receivedAt;
            yield return Damaged(source, number, account, offset, length, hour);
        }

        for (var i = 0; i < unexplained.Count; i++)
        {
            yield return Damaged(source, -1 - i, Guid.Empty, unexplained[i].Offset, unexplained[i].Length, receivedAt);
        }
    }

    /// <summary>
    /// Hours in which the frames came whose heads are lost: what the footer counted less what can be read. A guess would
    /// show in conservation as a loss in one hour and a gain in another.
    /// </summary>
    private static Dictionary<Guid, Queue<long>> HoursOfLostHeads(IntakeObject source)
    {
        var read = source.Frames
            .GroupBy(frame => (frame.Head.Account, Hour: NodeClock.HourOf(frame.Head.ReceivedAtMicros)))
            .ToDictionary(group => group.Key, group => group.LongCount());
        var hours = new Dictionary<Guid, Queue<long>>();
        foreach (var count in source.Footer?.Counts ?? [])
        {
            var account = source.Footer!.Accounts[count.Account];
            hours.TryAdd(account, new Queue<long>());
            for (var left = count.Frames - read.GetValueOrDefault((account, count.Hour)); left > 0; left--)
            {
                hours[account].Enqueue(NodeClock.ToMicros(count.Hour));
            }
        }

        return hours;
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
