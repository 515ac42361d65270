using Recount.Capture.Intake;
using Recount.Primitives;
using Recount.Tests.Infrastructure;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit.Abstractions;

namespace Recount.Tests.Capture.Intake;

/// <summary>Every byte and every sector of an object is damaged in turn; what is whole around it is read.</summary>
public sealed class IntakeDamageTests(ITestOutputHelper output)
{
    public enum Closing
    {
        InPlace,
        Open,
        ByRecovery,
    }

    [Theory]
    [InlineData(Closing.InPlace)]
    [InlineData(Closing.Open)]
    [InlineData(Closing.ByRecovery)]
    public void A_flipped_byte_costs_at_most_the_record_it_stands_in(Closing closing)
    {
        var random = TestSeed.Next(output);
        var sample = Sample.Create(random, closing, bodyBytes: 400);
        for (var at = 0; at < sample.Bytes.Length; at++)
        {
            var damaged = (byte[])sample.Bytes.Clone();
            damaged[at] ^= (byte)random.Next(1, 256);
            sample.Check(damaged, at, at + 1);
        }
    }

    [Theory]
    [InlineData(Closing.InPlace, 512)]
    [InlineData(Closing.InPlace, 4096)]
    [InlineData(Closing.Open, 512)]
    [InlineData(Closing.Open, 4096)]
    [InlineData(Closing.ByRecovery, 512)]
    [InlineData(Closing.ByRecovery, 4096)]
    public void A_lost_sector_costs_at_most_the_records_it_touches(Closing closing, int sectorBytes)
    {
        var sample = Sample.Create(TestSeed.Next(output), closing, bodyBytes: 3000);
        for (var start = 0; start < sample.Bytes.Length; start += sectorBytes)
        {
            var end = Math.Min(start + sectorBytes, sample.Bytes.Length);
            var damaged = (byte[])sample.Bytes.Clone();
            damaged.AsSpan(start, end - start).Clear();
            sample.Check(damaged, start, end);
        }
    }

    [Fact]
    public void A_cut_object_keeps_the_frames_before_the_cut()
    {
        var sample = Sample.Create(TestSeed.Next(output), Closing.InPlace, bodyBytes: 300);
        for (var length = 0; length < sample.Bytes.Length; length++)
        {
            var read = IntakeSamples.Read(sample.Bytes[..length]);
            var committed = sample.Marks.Where(mark => mark + IntakeFormat.MarkBytes <= length).DefaultIfEmpty(-1).Last();
            Assert.Equal(sample.Frames.Count(frame => frame.Offset < committed), read.Frames.Count);
            Assert.All(read.Frames, frame => Assert.True(frame.IsBodyWhole));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(700)]
    [InlineData(5000)]
    public void A_closed_object_that_lost_its_end_says_how_much(int lostBeforeFooter)
    {
        var random = new Random(1);
        var files = new CrashingFileSystem();
        byte[][] bodies = [random.Bytes(3000), random.Bytes(3000), random.Bytes(3000)];
        var open = IntakeSamples.Object([bodies], null, files, CrashingFileSystem.Root);
        Recover(files);
        var closing = DurableFile.Read(files, Path.Combine(CrashingFileSystem.Root, IntakeSamples.Key().ClosePath));
        var read = IntakeSamples.Read(open[..^lostBeforeFooter], closing);
        Assert.Equal(open.Length, read.Committed);
        Assert.Equal(open.Length, read.Damage[^1].Offset + read.Damage[^1].Length);
        Assert.True(read.Damage.Sum(damage => damage.Length) >= lostBeforeFooter);
    }

    [Fact]
    public void Damage_that_may_never_have_been_acknowledged_stays_so_after_recovery()
    {
        var random = new Random(2);
        var files = new CrashingFileSystem();
        var open = IntakeSamples.Object(
            [[random.Bytes(500)], [random.Bytes(500), random.Bytes(500)]], null, files, CrashingFileSystem.Root);
        var frames = IntakeSamples.Read(open).Frames;
        foreach (var (frame, isProven) in new[] { (frames[0], true), (frames[1], false), (frames[2], false) })
        {
            var damaged = (byte[])open.Clone();
            damaged[frame.Offset + 36] ^= 1;
            var after = new CrashingFileSystem();
            after.CreateDirectory(Path.GetDirectoryName(Path.Combine(CrashingFileSystem.Root, IntakeSamples.Key().Path))!);
            using (var file = after.Create(Path.Combine(CrashingFileSystem.Root, IntakeSamples.Key().Path)))
            {
                file.Append(damaged);
            }

            Assert.Equal(1, Recover(after));
            var closing = DurableFile.Read(after, Path.Combine(CrashingFileSystem.Root, IntakeSamples.Key().ClosePath));
            var damage = Assert.Single(IntakeSamples.Read(damaged, closing).Damage);
            Assert.Equal((frame.Offset, isProven), (damage.Offset, damage.Proven));
        }
    }

    private static int Recover(IFileSystem files) => new IntakeRecovery(
        files, CrashingFileSystem.Root, IntakeSamples.Node, NullLogger<IntakeRecovery>.Instance).Run();

    private sealed record Sample(
        byte[] Bytes, byte[]? Sibling, IReadOnlyList<IntakeFrame> Frames, IReadOnlyList<long> Marks, Closing Closing)
    {
        public static Sample Create(Random random, Closing closing, int bodyBytes)
        {
            var files = new CrashingFileSystem();
            byte[][] Group(int frames) => [.. Enumerable.Range(0, frames).Select(_ => Body(random, bodyBytes))];
            var bytes = IntakeSamples.Object(
                [Group(2), Group(1), Group(3)],
                closing == Closing.InPlace ? IntakeClosing.Age : null,
                files,
                CrashingFileSystem.Root);
            var whole = IntakeSamples.Read(bytes);
            Assert.Empty(whole.Damage);
            Assert.Equal(6, whole.Frames.Count);
            var marks = whole.Frames.Select(frame => frame.Offset + frame.Length)
                .Where(end => whole.Frames.All(frame => frame.Offset != end)).ToList();
            Assert.Equal(3, marks.Count);
            if (closing == Closing.ByRecovery)
            {
                Recover(files);
            }

            var sibling = DurableFile.Read(files, Path.Combine(CrashingFileSystem.Root, IntakeSamples.Key().ClosePath));
            return new Sample(bytes, sibling, whole.Frames, marks, closing);
        }

        public void Check(byte[] damaged, int from, int to)
        {
            bool IsTouched(long offset, long length) => offset < to && from < offset + length;
            var read = IntakeSamples.Read(damaged, Sibling);
            foreach (var frame in read.Frames.Where(frame => frame.IsBodyWhole))
            {
                var written = Frames.Single(original => original.Number == frame.Number);
                Assert.Equal((written.Offset, written.Head), (frame.Offset, frame.Head));
                Assert.True(written.Body.Span.SequenceEqual(frame.Body.Span));
            }

            var isHeaderLost = IsTouched(0, IntakeFormat.HeaderBytes);
            var committed = Committed(from, to);
            if (isHeaderLost && IsTouched(Frames[0].Offset, IntakeFormat.FrameBytes) && Closing == Closing.Open)
            {
                // Nothing is left that tells the marker: all of it is damage.
                Assert.Equal([new IntakeDamage(0, damaged.Length, false)], read.Damage);
                return;
            }

            foreach (var frame in Frames.Where(frame => frame.Offset < committed))
            {
                if (!IsTouched(frame.Offset, frame.Length))
                {
                    Assert.Contains(read.Frames, found => found.Number == frame.Number && found.IsBodyWhole);
                }
                else if (!read.Frames.Any(found => found.Number == frame.Number && !found.IsBodyWhole))
                {
                    Assert.Contains(read.Damage, damage => damage.Offset <= Math.Max(from, frame.Offset)
                        && damage.Offset + damage.Length >= Math.Min(to, frame.Offset + frame.Length));
                }
            }

            foreach (var mark in Marks.Where(mark => mark < committed && IsTouched(mark, IntakeFormat.MarkBytes)))
            {
                Assert.Contains(read.Damage, damage => damage.Offset <= mark && damage.Offset + damage.Length > mark);
            }

            Assert.Equal(isHeaderLost, read.Damage.Any(damage => damage.Offset == 0));
            Assert.All(read.Damage, damage => Assert.True(IsTouched(damage.Offset, damage.Length)));
        }

        /// <summary>An open object ends with its last whole commit mark: what follows cannot be told from a torn tail.</summary>
        private long Committed(int from, int to)
        {
            var isFooterLost = Closing == Closing.InPlace && to > Marks[^1] + IntakeFormat.MarkBytes;
            return Closing == Closing.Open || isFooterLost
                ? Marks.Where(mark => mark + IntakeFormat.MarkBytes <= from || mark >= to).DefaultIfEmpty(0).Last()
                : long.MaxValue;
        }

        /// <summary>A body that holds records of its own, as whoever knows the format could send.</summary>
        private static byte[] Body(Random random, int bytes)
        {
            byte[][] inner = [random.Bytes(50)];
            var forged = IntakeSamples.Object([inner], IntakeClosing.Age);
            return [.. random.Bytes(random.Next(bytes)), .. "RCNTINTE"u8, .. forged[112..200], .. random.Bytes(bytes / 2)];
        }
    }
}
