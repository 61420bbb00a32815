using SiDT.Frontend;
using SiDT.Frontend.Schema;

namespace SiDT.Passes.Compensation.Steps;

/// <summary>Writes the nodes of a body into another graph, as often as it is needed; its weights are shared.</summary>
internal sealed class BodyGraph
{
    private readonly Graph _body, _target;
    private readonly Dictionary<Value, Value> _weights = new(ReferenceEqualityComparer.Instance);

    public BodyGraph(Model body, Graph target) => (_body, _target) = (body.Graph, target);

    /// <summary>An empty model for operators of the body's versions.</summary>
    public static Model Around(Model body)
    {
        var proto = new ModelProto { IrVersion = Math.Max(7, body.Source.IrVersion), Graph = new GraphProto { Name = "steps" } };
        proto.OpsetImport.AddRange(body.Source.OpsetImport.Select(o => o.Clone()));
        return new Model(proto);
    }

    /// <summary>An input or output of 32-bit floats; null sizes are open.</summary>
    public static Value Declare(Value value, params long?[] dims)
    {
        var shape = new TensorShapeProto();
        foreach (long? dim in dims)
            shape.Dim.Add(dim is { } size ? new TensorShapeProto.Types.Dimension { DimValue = size } : new TensorShapeProto.Types.Dimension { DimParam = "rows" });
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)ElementType.Float32, Shape = shape };
        value.Info = new ValueInfoProto { Name = value.Name, Type = new TypeProto { TensorType = tensor } };
        return value;
    }

    /// <summary>z = f(P).</summary>
    public Value Apply(IReadOnlyList<Value> inputs)
    {
        var map = new Dictionary<Value, Value>(ReferenceEqualityComparer.Instance);
        List<Value> fed = [.. _body.Inputs.Where(v => v.Initializer is null)];
        for (int i = 0; i < fed.Count; i++)
            map[fed[i]] = inputs[i];
        foreach (Node node in _body.Nodes)
        {
            Node copy = _target.AddLike(node, $"body.{node.OpType}", node.Inputs.Select(v => v is null ? null : Mapped(v, map)));
            foreach ((Value? output, Value? own) in node.Outputs.Zip(copy.Outputs).Where(o => o.First is not null))
                map[output!] = own!;
        }
        return Mapped(_body.Outputs[0], map);
    }

    private Value Mapped(Value value, Dictionary<Value, Value> map)
    {
        if (map.TryGetValue(value, out Value? known) || _weights.TryGetValue(value, out known))
            return known;
        return _weights[value] = _target.NewInitializer($"body.{value.Name}", value.Initializer!);
    }
}
