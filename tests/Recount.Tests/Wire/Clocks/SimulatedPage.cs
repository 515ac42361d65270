using Recount.Wire.Clocks;

namespace Recount.Tests.Wire.Clocks;

/// <summary>An entry, and when it was really captured.</summary>
internal readonly record struct TrueEntry(int Seq, int Position, double ClockMs, long Micros);

/// <summary>A chunk's own send: when page clock 0 really lay as seen from it, and how long it was under way.</summary>
internal readonly record struct TrueSend(double ClockMs, long StartMicros, int DelayMs);

/// <summary>A device lives through a plan; what it and the nodes record, beside what really happened.</summary>
internal sealed class SimulatedPage
{
    public const long TrueStartMicros = 1_690_000_000_000_000;

    private const double CaptureEveryMs = 700;
    private const double SendEveryMs = 5_000;
    private const double LaterDocumentMs = 2 * 3_600_000;

    private readonly DevicePlan _plan;
    private readonly WallPlan _wall;
    private readonly Guid[] _boots;
    private readonly List<ClockAnchor> _anchors = [];
    private readonly List<int> _toRetry = [];
    private readonly List<int> _outbox = [];
    private readonly HashSet<int> _received = [];
    private readonly Dictionary<int, (double From, double To)> _ranges = [];
    private double _trueMs;
    private double _setAtMs;
    private double _clockMs;
    private double _sendAtMs = SendEveryMs;
    private double _anchoredOffsetMs;
    private int _phase;
    private int _readings;
    private int _seq;
    private int _position;
    private int _uploads;

    private SimulatedPage(DevicePlan plan, WallPlan wall)
    {
        _plan = plan;
        _wall = wall;
        _boots = [.. plan.NodeSkewMs.Select((_, i) => new Guid(i + 1, 0, 0, new byte[8]))];
        Live();
    }

    public List<ChunkTimes> Chunks { get; } = [];

    public IReadOnlyList<ClockAnchor> Anchors => [.. _anchors.Where(anchor => _received.Contains(anchor.Seq))];

    public double OpenedWallMs { get; private set; }

    public List<TrueEntry> Entries { get; } = [];

    public List<TrueSend> Sends { get; } = [];

    public long GreatestDelayMicros => Sends.Select(send => send.DelayMs * 1000L).DefaultIfEmpty().Max();

    public PageTimeLine TimeLine => PageClock.Derive(Chunks, Anchors, OpenedWallMs);

    public static SimulatedPage Run(DevicePlan plan, WallPlan wall) => new(plan, wall);

    private void Live()
    {
        _trueMs = _setAtMs = TrueStartMicros / 1000d;
        OpenedWallMs = _anchoredOffsetMs = Wall();
        for (_phase = 0; _phase < _plan.Phases.Length; _phase++)
        {
            _setAtMs = _wall.IsSetBefore(_phase) ? _trueMs : _setAtMs;
            Use(_plan.Phases[_phase].UsedMs);
            _trueMs += _plan.Phases[_phase].SleptMs;
        }

        Cut(Fate.Outbox);
        _trueMs += LaterDocumentMs;
        foreach (var seq in _outbox.Concat(_toRetry))
        {
            Receive(seq, NextUpload(), clockMs: null);
        }
    }

    private void Use(double usedMs)
    {
        for (var end = _clockMs + usedMs; _clockMs < end;)
        {
            var tick = Math.Min(CaptureEveryMs, end - _clockMs);
            Capture();
            Pass(tick);
            if (_clockMs >= _sendAtMs)
            {
                _sendAtMs = _clockMs + SendEveryMs;
                CheckClocks();
                Pass(1);
                Cut(null);
                Pass(1);
            }
        }
    }

    private void Pass(double ms)
    {
        _clockMs += ms;
        _trueMs += ms;
    }

    private void Capture()
    {
        CheckClocks();
        Entries.Add(new TrueEntry(_seq, _position++, _clockMs, (long)Math.Round(_trueMs * 1000)));
    }

    /// <summary>As the SDK does before each entry and each send.</summary>
    private void CheckClocks()
    {
        var wall = Wall();
        if (!(Math.Abs(wall - _clockMs - _anchoredOffsetMs) <= 1000))
        {
            _anchors.Add(new ClockAnchor(_seq, _position++, wall, _clockMs));
            _anchoredOffsetMs = wall - _clockMs;
        }
    }

    private double Wall() => _wall.Show(_phase, _trueMs, _setAtMs, _readings++);

    private void Cut(Fate? atTheEnd)
    {
        if (_position == 0)
        {
            return;
        }

        var seq = _seq++;
        var clocks = Entries.Where(entry => entry.Seq == seq).Select(entry => entry.ClockMs).DefaultIfEmpty(_clockMs);
        _ranges[seq] = (clocks.First(), clocks.Last());
        _position = 0;
        var upload = NextUpload();
        Send(seq, upload, atTheEnd ?? upload.Fate);
    }

    private void Send(int seq, Upload upload, Fate fate)
    {
        if (fate != Fate.Outbox)
        {
            _toRetry.ForEach(earlier => Receive(earlier, upload, _clockMs));
            _toRetry.Clear();
        }

        switch (fate)
        {
            case Fate.Arrives:
                Receive(seq, upload, _clockMs);
                break;
            case Fate.ArrivesTwice:
                Receive(seq, upload, _clockMs);
                Receive(seq, upload with { DelayMs = upload.DelayMs * 2 }, _clockMs);
                break;
            case Fate.Retried:
                _toRetry.Add(seq);
                break;
            case Fate.Outbox:
                _outbox.Add(seq);
                break;
        }
    }

    private void Receive(int seq, Upload upload, double? clockMs)
    {
        var received = (long)Math.Round((_trueMs + upload.DelayMs + _plan.NodeSkewMs[upload.Node]) * 1000);
        _received.Add(seq);
        Chunks.Add(new ChunkTimes(
            seq, _boots[upload.Node], received, Wall(), clockMs, _ranges[seq].From, _ranges[seq].To));
        if (clockMs is { } clock)
        {
            Sends.Add(new TrueSend(clock, (long)Math.Round((_trueMs - clock) * 1000), upload.DelayMs));
        }
    }

    private Upload NextUpload() => _plan.Uploads[_uploads++ % _plan.Uploads.Length];
}
