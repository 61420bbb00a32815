using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Operators;

namespace SiDT.Passes.Compensation.Sites;

/// <summary>
/// What lies between the weights that make units and the place that reads them, when it treats all units of a group alike and is linear in them:
/// then any basis of the group may take the place of the given one.
/// </summary>
internal sealed class LinearPath
{
    private static readonly HashSet<string> s_movements = new(StringComparer.Ordinal)
    {
        "Reshape", "Transpose", "Split", "Slice", "Gather", "Squeeze", "Unsqueeze", "Identity", "Flatten", "Expand", "Dropout", "Concat", "Cast",
    };

    private readonly GraphAnalysis _analysis;
    private readonly Func<int, bool> _isUnit;
    private readonly bool _scales;
    private readonly HashSet<Node> _visited = new(ReferenceEqualityComparer.Instance);
    private readonly List<(Node Node, int Input)> _operands = [];

    /// <param name="analysis">Of the graph.</param>
    /// <param name="isUnit">Whether a class is one of the units, or covers or is covered by none other.</param>
    /// <param name="scales">Whether units shall only be scaled, each by a factor of its own: then they may be treated unlike each other.</param>
    public LinearPath(GraphAnalysis analysis, Func<int, bool> isUnit, bool scales = false)
    {
        _scales = scales;
        _analysis = analysis;
        _isUnit = isUnit;
    }

    /// <summary>Why the basis may not change; null if it may, so far as was walked.</summary>
    public string? Reason { get; private set; }

    /// <summary>Operands that are made of constants and write units, in the order they were met.</summary>
    public IReadOnlyList<(Node Node, int Input)> Operands => _operands;

    /// <summary>Whether anything of a value is one of the units.</summary>
    public bool Carries(Value? value) => value is not null && _analysis.Flow.Layouts.TryGetValue(value, out Layout? layout)
        && layout.Arrays.Any(a => a.Labels.Any(l => l >= 0 && _isUnit(_analysis.Flow.Labels.Find(l))));

    /// <summary>Walks back from a value to what writes its units.</summary>
    public void Walk(Value value)
    {
        if (Reason is not null || !Carries(value))
            return;
        if (value.Producer is not { } node)
        {
            Reason = $"'{value.Name}' is given from outside";
            return;
        }
        if (!_visited.Add(node))
            return;
        if (Contraction.Of(node, _analysis) is { } product)
        {
            if (Carries(product.Activation))
                Reason = $"it goes through {node}";
            else
                Take(node, [product.Weight, .. node.Input(2) is not null ? [2] : Array.Empty<int>()]);
            return;
        }
        Value[] carrying = [.. node.Inputs.OfType<Value>().Where(Carries)];
        switch (node.Domain.Length == 0 ? node.OpType : "")
        {
            case "Add" or "Sub" or "Sum":
                if (carrying.Length < node.Inputs.Count)
                    Reason = $"{node} adds the same number to all units";
                else if (!_scales && node.Is("Sub") && node.Inputs[1] is { } second && _analysis.Of(second).IsConstant)
                    Reason = $"{node} subtracts from units"; // the sign would have to be followed
                else
                    Follow(node);
                return;
            case "Mul" or "Div" when _scales && carrying.Count(v => !_analysis.Of(v).IsConstant) <= 1:
                Scaled(node, carrying);
                return;
            case "LayerNormalization" or "RMSNormalization" or "SimplifiedLayerNormalization" or "BatchNormalization" when _scales && Carries(node.Input(1)):
                Take(node, node.Input(2) is null || node.OpType is "RMSNormalization" or "SimplifiedLayerNormalization" ? [1] : [1, 2]);
                return;
            case "RotaryEmbedding" or "Neg" when _scales:
                Walk(node.Inputs[0]!);
                return;
            case "Mul" or "Div":
                if (carrying.Length > 1)
                    Reason = $"{node} scales unit by unit{(carrying.All(v => !_analysis.Of(v).IsConstant) ? " by what the input says" : "")}";
                else if (node.Is("Div") && carrying[0] != node.Inputs[0])
                    Reason = $"{node} is not linear";
                else
                    Walk(carrying[0]);
                return;
            case var movement when s_movements.Contains(movement):
                Follow(node);
                return;
        }
        if (_analysis.Flow.Macs.ContainsKey(node) && OperatorTable.Describe(new NodeView(node, _analysis.Of)) is { Product: var (left, right) } && carrying.Length == 1
            && (carrying[0] == node.Inputs[left] || carrying[0] == node.Inputs[right]) && !_analysis.Of(carrying[0]).IsConstant)
        {
            Walk(carrying[0]); // tokens are mixed, units are carried along
            return;
        }
        Reason = $"{node} lies between";
    }

    /// <summary>Whether anything else than the walked nodes and <paramref name="ends"/> reads the units; if so, the reason says it.</summary>
    public void CheckReaders(params Node[] ends)
    {
        foreach (Node node in _visited)
        {
            foreach (Node reader in node.Outputs.OfType<Value>().Where(Carries).SelectMany(v => v.Uses).Select(u => u.Node))
            {
                if (Reason is null && !_visited.Contains(reader) && !ends.Contains(reader) && !reader.Is("Shape") && reader.Outputs.Any(Carries))
                    Reason = $"{reader} reads it too";
                else if (Reason is null && !_visited.Contains(reader) && !ends.Contains(reader) && ReadsUnits(reader))
                    Reason = $"{reader} reads it too";
            }
        }
        foreach (Value output in _visited.SelectMany(n => n.Outputs).OfType<Value>().Where(v => v.IsOutput && Carries(v)))
            Reason ??= $"'{output.Name}' is an output";
    }

    // numbers of units alone are theirs to scale; tables over positions besides are passed by
    private void Scaled(Node node, Value[] carrying)
    {
        int constant = node.Is("Mul") ? node.Inputs.ToList().FindIndex(v => Carries(v) && _analysis.Of(v!).IsConstant) : -1;
        if (constant >= 0 && OwnNumbers.IsFree(node.Inputs[constant]!) && IsOfUnitsAlone(_analysis.Of(node.Inputs[constant]!)))
            Take(node, [constant]);
        else if (node.Is("Div") && !(Carries(node.Inputs[0]) && !_analysis.Of(node.Inputs[0]!).IsConstant))
            Reason = $"{node} is not linear";
        else if (carrying.FirstOrDefault(v => !_analysis.Of(v).IsConstant) is { } activation)
            Walk(activation);
        else
            Reason = $"{node} scales unit by unit";
    }

    private static bool IsOfUnitsAlone(Layout layout)
    {
        HashSet<Factor> labelled = [.. layout.Arrays.SelectMany(a => a.Over)];
        return layout.Axes.SelectMany(a => a).All(f => labelled.Contains(f) || f.Size.Is(1));
    }

    // a product that sums over the units passes no label on; a selection of other units does not either
    private bool ReadsUnits(Node reader) => _analysis.Flow.Macs.ContainsKey(reader) || (!reader.Is("Shape") && !s_movements.Contains(reader.OpType));

    private void Follow(Node node)
    {
        for (int i = 0; i < node.Inputs.Count; i++)
        {
            if (!Carries(node.Inputs[i]))
                continue;
            if (_analysis.Of(node.Inputs[i]!).IsConstant)
                Take(node, [i]);
            else
                Walk(node.Inputs[i]!);
        }
    }

    private void Take(Node node, int[] inputs)
    {
        foreach (int i in inputs)
        {
            if (!Carries(node.Inputs[i]))
                continue;
            if (!OwnNumbers.IsFree(node.Inputs[i]!))
                Reason ??= $"the numbers of '{node.Inputs[i]!.Name}' are stored in few bits";
            else if (!_operands.Contains((node, i)))
                _operands.Add((node, i));
        }
        for (int i = 0; i < node.Inputs.Count; i++)
        {
            if (!inputs.Contains(i) && Carries(node.Inputs[i]) && !node.Is("Add") && !node.Is("Concat") && !node.Is("Sub") && !node.Is("Sum") && !_scales)
                Reason ??= $"it goes through {node}";
        }
    }
}
