using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Sites;
using SiDT.Passes.Operators;

namespace SiDT.Passes.Compensation.ResidualStream;

/// <summary>
/// Follows a stream from what writes it to what reads it, and asks of every node between whether it commutes with a change of basis.
/// Whatever is not known to do so forbids it.
/// </summary>
internal sealed class StreamWalk
{
    private static readonly HashSet<string> s_movements = new(StringComparer.Ordinal)
    {
        "Reshape", "Transpose", "Split", "Slice", "Gather", "Squeeze", "Unsqueeze", "Identity", "Flatten", "Expand", "Dropout", "Concat", "Cast", "GatherND", "Tile",
    };

    // linear along other axes: every channel is treated alike
    private static readonly HashSet<string> s_mixtures = new(StringComparer.Ordinal)
    {
        "ReduceMean", "ReduceSum", "GlobalAveragePool", "AveragePool", "Resize",
    };

    private readonly GraphAnalysis _analysis;
    private readonly StreamLabels _labels;
    private readonly Dictionary<Node, Consumer> _consumers;
    private readonly Dictionary<Value, NormSite?> _regions = new(ReferenceEqualityComparer.Instance);
    private readonly List<(Node Node, int Input)> _writers = [];
    private readonly List<StreamReader> _readers = [];
    private readonly List<BranchScale> _scales = [];

    /// <param name="analysis">Of the graph.</param>
    /// <param name="labels">Of the stream.</param>
    /// <param name="consumers">All products with a weight and a bias of their own.</param>
    public StreamWalk(GraphAnalysis analysis, StreamLabels labels, IEnumerable<Consumer> consumers)
    {
        _analysis = analysis;
        _labels = labels;
        _consumers = consumers.ToDictionary(c => c.Node);
    }

    /// <summary>Why the basis must stay; null if it need not.</summary>
    public string? Reason { get; private set; }

    /// <summary>What touches the stream; null with a reason.</summary>
    public StreamMap? Run()
    {
        if (_labels.Dimension.Groups != 1 || _labels.Units.Any(u => _analysis.Classes.IsRow(u) || _analysis.Classes.Closure(u).Count > 1))
            return Refuse("its units hold several weights' positions");
        IReadOnlyList<NormSite> norms = new NormReader(_analysis, _labels).Run();
        Dictionary<Node, NormSite> owners = new(ReferenceEqualityComparer.Instance);
        foreach (NormSite norm in norms)
        {
            foreach (Node node in norm.Nodes)
                owners[node] = norm;
            _regions[norm.Output] = norm;
        }
        foreach (Node node in _analysis.Graph.Nodes)
        {
            if (node.Outputs.OfType<Value>().All(v => _analysis.Of(v).IsConstant) || !node.Inputs.Concat(node.Outputs).Any(_labels.Carries))
                continue;
            if (owners.TryGetValue(node, out NormSite? norm))
                Inside(node, norm);
            else
                Visit(node);
            if (Reason is not null)
                return null;
        }
        return Finish(norms);
    }

    private StreamMap? Finish(IReadOnlyList<NormSite> norms)
    {
        foreach (Value value in _regions.Keys.Where(_labels.Carries))
        {
            if (_labels.AxisOf(value) < 0)
                return Refuse($"'{value.Name}' holds it in parts");
            if (value.IsOutput)
                return Refuse($"'{value.Name}' is an output");
            if (value.Uses.FirstOrDefault(u => u.Node.Graph != _analysis.Graph) is { Node: { } inner })
                return Refuse($"{inner} reads it inside a body");
        }
        if (norms.Count == 0 && _readers.Count == 0)
            return Refuse("nothing reads it");
        if (norms.Any(n => n.IsCentred) && (norms.Any(n => !n.IsCentred) || _readers.Any(r => r.Norm is null)))
            return Refuse("it is read with its mean and without");
        foreach ((Node node, int input) in _writers)
        {
            if (!OwnNumbers.IsFree(node.Inputs[input]!))
                return Refuse($"the numbers of '{node.Inputs[input]!.Name}' are stored in few bits");
            if (_labels.AxisOf(node.Inputs[input]!) < 0)
                return Refuse($"'{node.Inputs[input]!.Name}' holds it in parts");
        }
        return norms.All(n => (n.Shift ?? n.Scale) is null || IsFoldable(n)) ? new StreamMap(norms, _readers, _writers, _scales) : Refuse("a norm's shift would be padded");
    }

    // a shift becomes part of a bias, unless zeros are put around what is read
    private bool IsFoldable(NormSite norm) =>
        norm.Shift is null || _readers.Where(r => r.Norm == norm).All(r => !r.Consumer.Node.OpType.Contains("Conv", StringComparison.Ordinal) || r.Consumer.IsDense || IsUnpadded(r.Consumer.Node));

    private static bool IsUnpadded(Node conv) => conv.Is("Conv") && conv.Text("auto_pad", "NOTSET") is "NOTSET" or "VALID" && (conv.Ints("pads") ?? []).All(p => p == 0);

    private StreamMap? Refuse(string reason)
    {
        Reason ??= reason;
        return null;
    }

    // only the end of a norm may be seen from outside
    private void Inside(Node node, NormSite norm)
    {
        if (_regions.GetValueOrDefault(norm.Input) is not null)
            Reason = $"{node} is a norm of a norm";
        foreach (Value output in node.Outputs.OfType<Value>().Where(o => o != norm.Output))
        {
            if (output.IsOutput || output.Uses.Any(u => !norm.Nodes.Contains(u.Node)))
                Reason ??= $"{node} is part of a norm and read elsewhere";
        }
    }

    private void Visit(Node node)
    {
        if (node.Subgraphs.Count > 0)
            Reason = $"{node} has bodies";
        else if (Contraction.Of(node, _analysis) is { } product)
            Product(node, product);
        else
            Other(node);
    }

    private void Product(Node node, Contraction product)
    {
        bool reads = _labels.Carries(product.Activation), hasWeight = _labels.Carries(product.Numbers), writes = _labels.Carries(node.Result);
        if (reads && hasWeight && !writes)
        {
            if (!_consumers.TryGetValue(node, out Consumer? consumer) || !IsContracted(product))
                Reason = $"the numbers that {node} reads it with cannot be written anew";
            else
                _readers.Add(new StreamReader(consumer, RegionOf(product.Activation)));
        }
        else if (!reads && hasWeight && writes)
        {
            Write(node, product.Weight);
            if (_labels.Carries(node.Input(2)))
                Write(node, 2);
            else if (node.Input(2) is not null)
                Reason = $"{node} adds the same number to all channels";
            Make(node, null);
        }
        else if (reads && !hasWeight && writes && node.Input(2) is null)
        {
            Make(node, RegionOf(product.Activation)); // tokens are mixed
        }
        else
        {
            Reason = $"{node} reads it and writes it";
        }
    }

    private bool IsContracted(Contraction product) => _labels.AxisOf(product.Activation) is >= 0 and var axis && product.Read.Contains(axis);

    private void Other(Node node)
    {
        string type = node.Domain.Length == 0 ? node.OpType : "";
        Value[] carrying = [.. node.Inputs.OfType<Value>().Where(_labels.Carries)];
        if (type is "Shape" or "Size")
            return;
        if (carrying.Length == 0 || !node.Outputs.OfType<Value>().Any(_labels.Carries))
        {
            Reason = $"{node} lies on it";
        }
        else if (type is "Add" or "Sub" or "Sum" || type == "Concat")
        {
            if (node.Inputs.Any(i => !_labels.Carries(i)))
                Reason = $"{node} adds the same number to all channels";
            else
                Gather(node);
        }
        else if (type is "Mul" or "Div")
        {
            Scale(node, carrying);
        }
        else if (carrying.Length == 1 && carrying[0] == node.Inputs[0] && (s_movements.Contains(type) || (s_mixtures.Contains(type) && !IsAverageOfPart(node))))
        {
            Gather(node);
        }
        else if (carrying.Length == 1 && IsMixing(node, carrying[0]))
        {
            Make(node, RegionOf(carrying[0]));
        }
        else
        {
            Reason = $"{node} lies on it";
        }
    }

    // a mean over the stream itself keeps nothing of it
    private bool IsAverageOfPart(Node node) => _labels.AxisOf(node.Inputs[0]!) < 0 || _labels.AxisOf(node.Result) < 0;

    // a product of activations that carries channels along, all alike
    private bool IsMixing(Node node, Value value) => _analysis.Flow.Macs.ContainsKey(node) && !_analysis.Of(value).IsConstant
        && OperatorTable.Describe(new NodeView(node, _analysis.Of)) is { Product: var (left, right), IsSpatial: false } && (node.Inputs[left] == value || node.Inputs[right] == value) && node.Input(2) is null;

    // sums and movements: constants write, the others come from one region
    private void Gather(Node node)
    {
        var regions = new HashSet<NormSite?>();
        for (int i = 0; i < node.Inputs.Count; i++)
        {
            Value? input = node.Inputs[i];
            if (!_labels.Carries(input))
                continue;
            if (_analysis.Of(input!).IsConstant)
            {
                Write(node, i);
                regions.Add(null);
            }
            else
            {
                regions.Add(RegionOf(input!));
            }
        }
        if (regions.Count == 1 && (regions.Single() is null || node.OpType is not ("Add" or "Sub" or "Sum")))
            Make(node, regions.Single());
        else
            Reason ??= $"{node} adds to what a norm made";
    }

    private void Scale(Node node, Value[] carrying)
    {
        if (node.Is("Div") && carrying.Length == 1 && carrying[0] == node.Inputs[0])
        {
            Make(node, RegionOf(carrying[0]));
            return;
        }
        if (node.Is("Mul") && carrying.Length == 1)
        {
            Make(node, RegionOf(carrying[0]));
            return;
        }
        int factors = Enumerable.Range(0, node.Inputs.Count).FirstOrDefault(i => _analysis.Of(node.Inputs[i]!).IsConstant, -1);
        if (!node.Is("Mul") || factors < 0 || RegionOf(node.Inputs[1 - factors]!) is not null || _analysis.Of(node.Inputs[factors]!).Shape.Any(d => !d.Is(1) && !d.Is(_labels.Units.Length)))
        {
            Reason = $"{node} scales channel by channel";
            return;
        }
        var scale = new BranchScale(node, 1 - factors);
        if (new BranchWriters(_analysis, _labels).Of(scale.Branch) is null)
            Reason = $"{node} scales channel by channel";
        _scales.Add(scale);
        Make(node, null);
    }

    private NormSite? RegionOf(Value value)
    {
        if (_regions.TryGetValue(value, out NormSite? region))
            return region;
        Reason ??= $"'{value.Name}' comes from elsewhere";
        return null;
    }

    private void Make(Node node, NormSite? region)
    {
        foreach (Value output in node.Outputs.OfType<Value>().Where(_labels.Carries))
            _regions[output] = region;
    }

    private void Write(Node node, int input)
    {
        if (!_writers.Contains((node, input)))
            _writers.Add((node, input));
    }
}
