using SiDT.Frontend;
using SiDT.Passes.Analysis;

namespace SiDT.Passes.Exact.Demands;

/// <summary>Makes every value in the part that is asked for.</summary>
internal sealed class DemandRewriting(DemandAnalysis demand, LabelFlow flow)
{
    private readonly SelectionRules _selections = new(flow);
    private readonly Dictionary<(Value, int, string, string), Value> _supplied = [];

    /// <summary>Number of values that are made in part.</summary>
    public int Run(Graph graph)
    {
        int count = 0;
        foreach (Node node in graph.Nodes.ToArray())
        {
            if (demand.Of(node) is not { } requests)
                continue;
            if (Mend(node, requests))
                count++;
        }
        return count;
    }

    private bool Mend(Node node, Requests requests)
    {
        bool isPart = requests.Outputs.Any(o => o is { IsWhole: false });
        if (node.OpType is "Gather" or "Slice" && node.Domain.Length == 0 && _selections.Taken(node) is { } taken && requests.Inputs[0] is { IsWhole: false } asked && asked.Axis == taken.Axis)
        {
            Renumber(node, taken.Axis, taken.Positions, requests.Outputs[0]!, demand.MadeOf(node.Inputs[0]!));
            return Forget(node, requests);
        }
        if (!isPart)
            return false;
        if (node.Is("Reshape"))
        {
            Part part = requests.Outputs[0]!;
            Part read = requests.Inputs[0]!;
            ReshapeTarget.Set(node, ReshapeTarget.Entries(node, read.Cut(flow.Of(node.Inputs[0]!).Shape), flow.Of(node.Result).Shape, part)!);
        }
        Value?[] inputs = [.. node.Inputs];
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i] is { } input && requests.Inputs.ElementAtOrDefault(i) is { IsWhole: false } part)
                node.SetInput(i, Supply(input, part));
        }
        if (node.Is("Concat"))
            DropUnread(node, requests);
        return Forget(node, requests);
    }

    // declared shapes of what is smaller now
    private static bool Forget(Node node, Requests requests)
    {
        bool any = false;
        for (int i = 0; i < node.Outputs.Count; i++)
        {
            if (node.Outputs[i] is { } output && requests.Outputs[i] is { IsWhole: false })
            {
                output.Info = null;
                any = true;
            }
        }
        return any;
    }

    /// <summary>The positions have other numbers in what is left of the data.</summary>
    private static void Renumber(Node node, int axis, int[] positions, Part wanted, Part made)
    {
        if (made.IsWhole && wanted.IsWhole)
            return;
        int[] read = wanted.IsWhole ? positions : [.. wanted.Positions.Select(p => positions[p])];
        int[] now = made.IsWhole ? read : [.. read.Select(p => Array.BinarySearch(made.Positions, p))];
        bool dropsAxis = node.Is("Gather") && node.Inputs[1]!.Constant is { Rank: 0 };
        Graph graph = node.Graph;
        node.OpType = "Gather";
        node.TrimInputs(1);
        foreach (string name in node.Attributes.Keys.ToArray())
            node.Unset(name);
        node.Set("axis", axis);
        node.SetInput(1, graph.NewInitializer($"{node.Result.Name}_positions", dropsAxis ? Tensor.Scalar((long)now[0]) : Tensor.Vector([.. now.Select(p => (long)p)])));
    }

    private Value Supply(Value value, Part part)
    {
        Part made = demand.MadeOf(value);
        if (!made.IsWhole && made.SamePlace(part) && made.Positions.AsSpan().SequenceEqual(part.Positions))
            return value;
        var key = (value, part.Axis, $"{part.Size}/{part.Inner}", string.Join(',', part.Positions));
        if (!_supplied.TryGetValue(key, out Value? known))
            _supplied[key] = known = PartSelection.Select(value, flow.Of(value).Shape, part, made);
        return known;
    }

    private static void DropUnread(Node node, Requests requests)
    {
        Value?[] kept = [.. node.Inputs.Where((_, i) => requests.Inputs[i] is not null)];
        if (kept.Length == node.Inputs.Count)
            return;
        for (int i = 0; i < kept.Length; i++)
            node.SetInput(i, kept[i]);
        node.TrimInputs(kept.Length);
    }
}
