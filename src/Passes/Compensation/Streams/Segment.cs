using SiDT.Frontend;
using SiDT.Frontend.Schema;
using SiDT.Passes.Analysis;
using SiDT.Passes.Exact.Spelling;
using SiDT.Runtime;

namespace SiDT.Passes.Compensation.Streams;

/// <summary>A part of a graph: from some values to others. What it observes is added as nodes of its own before it is opened.</summary>
internal sealed class Segment
{
    private readonly GraphAnalysis _analysis;

    /// <param name="model">The whole; it stays as it is.</param>
    /// <param name="analysis">Of a graph with the same names.</param>
    /// <param name="from">Values that are fed; what lies before them is left out.</param>
    public Segment(Model model, GraphAnalysis analysis, IEnumerable<string> from)
    {
        _analysis = analysis;
        Model = model.Clone();
        Graph.Outputs.Clear();
        foreach (string name in from)
            Feed(name);
    }

    public Model Model { get; }

    public Graph Graph => Model.Graph;

    public Value Find(string name) => Graph.Find(name) ?? throw new InvalidOperationException($"there is no value '{name}'");

    public Layout LayoutOf(string name) => _analysis.Of(_analysis.Graph.Find(name)!);

    /// <summary>A value that is fed with numbers of another run, shaped like <paramref name="like"/>.</summary>
    public Value Feed(string name, string like)
    {
        Value value = Graph.NewValue(name);
        Declare(value, LayoutOf(like));
        Graph.Inputs.Add(value);
        return value;
    }

    /// <summary>Gives a value back.</summary>
    public string Publish(Value value, ElementType type)
    {
        if (value.IsOutput)
            return value.Name;
        if (value.Info is null || value.IsInput)
        {
            if (value.IsInput)
                value = Graph.Op("Identity", $"{value.Name}_out", value);
            value.Info = new ValueInfoProto { Name = value.Name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type } } };
        }
        Graph.Outputs.Add(value);
        return value.Name;
    }

    /// <summary>Gives a value of the whole graph back.</summary>
    public string Publish(string name) => Publish(Find(name), LayoutOf(name).Type);

    /// <summary>A session for what is given back; null where nothing is.</summary>
    public Session? Open(SessionSettings settings)
    {
        Graph.Sweep();
        Graph.Inputs.RemoveAll(v => v.Uses.Count == 0 && v.Initializer is null);
        Graph.Sort();
        if (settings.Device == Device.Cpu)
            SpellNorms();
        return Graph.Outputs.Count == 0 ? null : Session.Open(Model, settings);
    }

    // in parts, which is several times as fast there
    private void SpellNorms()
    {
        foreach (Node norm in Graph.Nodes.Where(n => n.Is("LayerNormalization")).ToArray())
        {
            if (_analysis.Graph.Find(norm.Inputs[0]!.Name) is not { } read || !NormParts.AreThere(norm, _analysis.Of(read)))
                continue;
            Value result = norm.Result, spelled = NormParts.Scaled(norm, NormParts.Normal(norm));
            norm.SetOutput(0, null);
            spelled.Producer!.SetOutput(0, result); // it may be given back under its name
        }
        Graph.Sweep();
        Graph.Sort();
    }

    private void Feed(string name)
    {
        Value value = Find(name);
        if (value.IsInput)
            return;
        Node producer = value.Producer!;
        producer.SetOutput(producer.Outputs.ToList().IndexOf(value), null);
        Declare(value, LayoutOf(name));
        Graph.Inputs.Add(value);
    }

    private static void Declare(Value value, Layout layout)
    {
        var type = new TypeProto.Types.Tensor { ElemType = (int)layout.Type };
        if (!layout.IsUnknown)
        {
            type.Shape = new TensorShapeProto();
            foreach (Shapes.Dim d in layout.Shape)
                type.Shape.Dim.Add(d.IsConstant ? new TensorShapeProto.Types.Dimension { DimValue = d.Value } : new TensorShapeProto.Types.Dimension());
        }
        value.Info = new ValueInfoProto { Name = value.Name, Type = new TypeProto { TensorType = type } };
    }
}
