using SiDT.Frontend;
using SiDT.Passes.Planning;

namespace SiDT.Backend.Diff;

/// <summary>Blocks of two graphs under the names of the first: what matches belongs to one block, what is new to that of its neighbours.</summary>
internal sealed class BlockPairs
{
    private readonly Matching _matching;
    private readonly string[] _a;
    private readonly string[] _b;

    public BlockPairs(Matching matching, BlockNames a, BlockNames b)
    {
        _matching = matching;
        _a = [.. Enumerable.Range(0, matching.A.Nodes.Count).Select(a.Of)];
        HashSet<string> known = [.. _a];
        _b = [.. Enumerable.Range(0, matching.B.Nodes.Count).Select(n => matching.ToA[n] >= 0 ? _a[matching.ToA[n]] : b.Of(n))];
        string last = "";
        for (int n = 0; n < _b.Length; n++)
            last = _b[n] = known.Contains(_b[n]) || known.Count <= 1 ? _b[n] : last;
    }

    public string OfA(int node) => _a[node];

    public string OfB(int node) => _b[node];

    /// <summary>The block of the first node that reads a constant.</summary>
    public string OfTensorA(Value value) => _matching.A.ReadingsOf(value) is [var first, ..] ? _a[first.Node] : "";

    /// <inheritdoc cref="OfTensorA"/>
    public string OfTensorB(Value value) => _matching.B.ReadingsOf(value) is [var first, ..] ? _b[first.Node] : "";

    /// <summary>Costs by block, in the order of the first graph.</summary>
    public DiffCosts Costs(NodeCosts a, NodeCosts b)
    {
        var blocks = new Dictionary<string, BlockCost>(StringComparer.Ordinal);
        Fill(0, _matching.A, OfA, OfTensorA, a);
        Fill(1, _matching.B, OfB, OfTensorB, b);
        Cost before = a.Total, after = b.Total;
        return new DiffCosts(new CostPair([before.Parameters, after.Parameters], [before.Macs, after.Macs], [before.Bytes, after.Bytes]), [.. blocks.Values.Select(Rounded)], a.IsWorkKnown && b.IsWorkKnown);

        void Fill(int side, GraphView view, Func<int, string> of, Func<Value, string> ofTensor, NodeCosts costs)
        {
            for (int n = 0; n < view.Nodes.Count; n++)
            {
                BlockCost block = Block(of(n));
                block.Nodes[side]++;
                block.Macs[side] += costs.MacsOf(view.Nodes[n]);
            }
            foreach (Value weight in costs.Weights)
            {
                BlockCost block = Block(ofTensor(weight));
                block.Parameters[side] += weight.Constant!.Count;
                block.Bytes[side] += NodeCosts.BitsOf(weight.Constant);
            }
        }

        BlockCost Block(string name) => blocks.TryGetValue(name, out BlockCost? known) ? known : blocks[name] = new BlockCost(name, [0, 0], [0, 0], [0, 0], [0, 0]);
    }

    private static BlockCost Rounded(BlockCost bits) => bits with { Bytes = [bits.Bytes[0] / 8, bits.Bytes[1] / 8] };
}
