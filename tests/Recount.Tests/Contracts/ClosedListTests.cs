using System.Text.Json;
using System.Text.Json.Nodes;
using Recount.Capture;
using Recount.Capture.Intake;
using Recount.Recordings.Conservation;
using Recount.Recordings.Quarantine;
using Recount.Recordings.Reading;
using Recount.Wire.Chunks;
using Recount.Wire.Clocks;

namespace Recount.Tests.Contracts;

/// <summary>Every closed list of docs/schemas/lists.json is the code's, in the same order.</summary>
public sealed class ClosedListTests
{
    private static readonly JsonObject Lists = Documents.Json("schemas/lists.json");

    /// <summary>Lists that only SDKs use; the schemas that name them are checked below.</summary>
    private static readonly string[] OfTheSdk = ["privacy_levels"];

    public static TheoryData<string, string[]> InCode => new()
    {
        { "entry_kinds", [.. EntryKinds.Known] },
        { "refusal_reasons", [.. CaptureRefusal.All.Select(refusal => refusal.Reason)] },
        { "final_refusal_reasons", [.. CaptureRefusal.All.Where(refusal => refusal.IsFinal).Select(refusal => refusal.Reason)] },
        { "gap_causes", [.. GapCause.All] },
        { "quarantine_reasons", [.. QuarantineReason.All] },
        { "time_qualities", [.. Enum.GetNames<TimeQuality>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)] },
        { "session_states", [.. SessionState.All] },
        { "intake_closings", [.. IntakeClosing.All] },
        { "intake_findings", [.. IntakeFindingState.All] },
        { "count_causes", [.. CountCause.All] },
        { "gap_entry_reasons", [.. GapReason.All] },
    };

    [Theory]
    [MemberData(nameof(InCode))]
    public void The_list_is_the_codes(string list, string[] inCode) => Assert.Equal(Read(list).Order(), inCode.Order());

    [Fact]
    public void No_list_is_left_out() => Assert.Equal(
        Lists.Select(list => list.Key).Order(), InCode.Select(row => (string)row[0]).Concat(OfTheSdk).Order());

    [Fact]
    public void No_list_names_anything_twice() =>
        Assert.All(Lists, list => Assert.Equal(Read(list.Key).Length, Read(list.Key).Distinct().Count()));

    [Fact]
    public void The_table_of_refusals_in_the_protocol_is_the_codes()
    {
        var rows = Documents.Text("capture-protocol.md").Split('\n')
            .Where(line => line.StartsWith("| 4", StringComparison.Ordinal) || line.StartsWith("| 5", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .SelectMany(cells => cells[2].Split(',').Select(reason =>
                (reason.Trim(' ', '`'), int.Parse(cells[1], System.Globalization.CultureInfo.InvariantCulture), cells[3] == "yes")));
        Assert.Equal(
            CaptureRefusal.All.Select(refusal => (refusal.Reason, refusal.Status, refusal.IsFinal)).Order(), rows.Order());
    }

    [Fact]
    public void The_kinds_numbered_in_the_recording_format_are_the_codes()
    {
        var text = Documents.Text("recording-format.md");
        foreach (var kind in Enum.GetValues<EntryKind>().Where(kind => kind != EntryKind.Other))
        {
            Assert.Contains($"{(int)kind} `{EntryKinds.NameOf(kind)}`", text.ReplaceLineEndings(" "), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Numbers_in_the_formats_are_the_codes()
    {
        var capture = Documents.Text("capture-protocol.md").ReplaceLineEndings(" ");
        Assert.Equal(4 << 20, ChunkContent.MaxBodyBytes);
        Assert.Equal(32 << 20, ChunkContent.MaxContentBytes);
        Assert.Contains("4 MiB as sent, 32 MiB uncompressed", capture, StringComparison.Ordinal);
        Assert.Contains($"{ContentFacts.MaxEntries:N0}", capture, StringComparison.Ordinal);
        Assert.Contains($"{ChunkId.MaxSeq:N0}", capture, StringComparison.Ordinal);
        Assert.Contains($"{IntakeFormat.MaxHeadBytes:N0}", Documents.Text("intake-format.md"), StringComparison.Ordinal);
    }

    private static string[] Read(string list) => [.. Lists[list]!.AsArray().Select(item => (string)item!)];
}
