namespace Recount.Wire.Clocks;

/// <summary>
/// Growth of (received − page clock) between the sends before a moment and those after, node by node. Nodes' clocks
/// differ, so only sends that one node received are compared; and since delay only ever adds, only least values are.
/// </summary>
internal sealed class NodeMinima
{
    private readonly IReadOnlyList<Send> _sends;
    private readonly Node[] _nodes;
    private readonly int[] _nodeOf;
    private readonly long[] _leastFrom;

    /// <param name="sends">In order of page clock.</param>
    public NodeMinima(IReadOnlyList<Send> sends)
    {
        _sends = sends;
        _nodeOf = new int[sends.Count];
        _leastFrom = new long[sends.Count];
        var boots = new Dictionary<Guid, int>();
        var nodes = new List<Node>();
        for (var i = sends.Count - 1; i >= 0; i--)
        {
            if (!boots.TryGetValue(sends[i].Boot, out var n))
            {
                boots[sends[i].Boot] = n = nodes.Count;
                nodes.Add(new Node());
            }

            var least = nodes[n].Later.TryPeek(out var next) ? _leastFrom[next] : long.MaxValue;
            _nodeOf[i] = n;
            _leastFrom[i] = Math.Min(sends[i].StartMicros, least);
            nodes[n].Later.Push(i);
        }

        _nodes = [.. nodes];
    }

    /// <summary>Moves send <paramref name="i"/>, which must be the next, to the side before, freed of the pauses
    /// found so far.</summary>
    public void Pass(int i, long pausedMicros)
    {
        var node = _nodes[_nodeOf[i]];
        node.Later.Pop();
        node.LeastBefore = Math.Min(node.LeastBefore ?? long.MaxValue, _sends[i].StartMicros - pausedMicros);
    }

    /// <summary>The growth beyond the pauses found so far between the sends that passed and send
    /// <paramref name="i"/>, which must be the next; and whether that send's own node shows it.</summary>
    public (long Micros, bool SameNode) Growth(int i, long pausedMicros)
    {
        var growths = new List<long>();
        var before = new List<long>();
        var after = new List<long>();
        foreach (var node in _nodes)
        {
            long? later = node.Later.TryPeek(out var next) ? _leastFrom[next] - pausedMicros : null;
            AddIfKnown(growths, later - node.LeastBefore);
            AddIfKnown(before, node.LeastBefore);
            AddIfKnown(after, later);
        }

        // A sleep delays every node's later sends: what one node does not show was the other's own later sleep.
        return growths.Count > 0
            ? (growths.Min(), _nodes[_nodeOf[i]].LeastBefore is not null)
            : (SortedMedian(after) - SortedMedian(before), false);
    }

    /// <summary>Once every send has passed: each node's least start. Their median is the page's.</summary>
    public (long StartMicros, long DisagreementMicros) Start()
    {
        var starts = _nodes.Select(node => node.LeastBefore!.Value).ToList();
        var start = SortedMedian(starts);
        return (start, Math.Max(starts[^1] - start, start - starts[0]));
    }

    /// <summary>How much later send <paramref name="i"/> arrived than its node's earliest.</summary>
    public long DelayBeyondLeast(int i, long pausedMicros) =>
        _sends[i].StartMicros - pausedMicros - _nodes[_nodeOf[i]].LeastBefore!.Value;

    private static void AddIfKnown(List<long> values, long? value)
    {
        if (value is { } known)
        {
            values.Add(known);
        }
    }

    private static long SortedMedian(List<long> values)
    {
        values.Sort();
        return ServerTime.Median(values);
    }

    private sealed class Node
    {
        /// <summary>Its sends that have not passed, the next on top.</summary>
        public Stack<int> Later { get; } = new();

        public long? LeastBefore { get; set; }
    }
}
