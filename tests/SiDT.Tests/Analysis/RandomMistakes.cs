using System.Runtime.InteropServices;
using Google.Protobuf;
using SiDT.Frontend.Schema;

namespace SiDT.Tests.Analysis;

/// <summary>
/// Random edits of a message that keep it a graph (nodes read what was made before) and care for nothing else: operands of other
/// shapes, other attributes, other operators. Few of the results run.
/// </summary>
internal sealed class RandomMistakes(ModelProto model, int seed)
{
    private static readonly string[] s_operators =
    [
        "Relu", "Softmax", "Flatten", "Transpose", "Add", "Mul", "MatMul", "Concat", "Identity", "Sigmoid", "ReduceMean", "Squeeze", "Gemm", "Conv", "Where", "Gather", "Reshape", "Expand", "LayerNormalization",
    ];

    private readonly Random _random = new(seed);

    public List<string> Done { get; } = [];

    public ModelProto Run()
    {
        (string Name, Func<bool> Edit)[] edits =
        [
            ("rewire", Rewire), ("drop", Drop), ("swap", Swap), ("numbers", ChangeNumbers), ("attribute", ChangeAttribute), ("shape", ChangeShape), ("operator", ChangeOperator),
        ];
        for (int i = 1 + _random.Next(4); i > 0; i--)
        {
            (string name, Func<bool> edit) = Pick(edits);
            if (edit())
                Done.Add(name);
        }
        return model;
    }

    private T Pick<T>(IReadOnlyList<T> list) => list[_random.Next(list.Count)];

    private bool Rewire()
    {
        int at = _random.Next(model.Graph.Node.Count);
        NodeProto node = model.Graph.Node[at];
        if (node.Input.Count == 0)
            return false;
        string[] known = [.. model.Graph.Input.Select(i => i.Name), .. model.Graph.Initializer.Select(t => t.Name), .. model.Graph.Node.Take(at).SelectMany(n => n.Output).Where(o => o.Length > 0)];
        node.Input[_random.Next(node.Input.Count)] = Pick(known);
        return true;
    }

    private bool Drop()
    {
        NodeProto node = Pick(model.Graph.Node);
        if (node.Input.Count == 0 || model.Graph.Output.Any(o => node.Output.Contains(o.Name)) || node.Output.Count > 1)
            return false;
        foreach (NodeProto reader in model.Graph.Node)
        {
            for (int i = 0; i < reader.Input.Count; i++)
            {
                if (reader.Input[i] == node.Output[0])
                    reader.Input[i] = node.Input[0];
            }
        }
        return true;
    }

    private bool Swap()
    {
        NodeProto node = Pick(model.Graph.Node);
        if (node.Input.Count < 2)
            return false;
        int a = _random.Next(node.Input.Count), b = _random.Next(node.Input.Count);
        (node.Input[a], node.Input[b]) = (node.Input[b], node.Input[a]);
        return a != b;
    }

    private bool ChangeNumbers()
    {
        TensorProto[] lists = [.. model.Graph.Initializer.Concat(model.Graph.Node.SelectMany(n => n.Attribute).Select(a => a.T).OfType<TensorProto>()).Where(t => t.DataType == 7 && t.RawData.Length >= 8)];
        if (lists.Length == 0)
            return false;
        TensorProto list = Pick(lists);
        long[] numbers = MemoryMarshal.Cast<byte, long>(list.RawData.Span).ToArray();
        numbers[_random.Next(numbers.Length)] = Number();
        list.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<long>(numbers));
        return true;
    }

    private long Number() => Pick([-2, -1, 0, 1, 2, 3, 4, 6, 12, 5000]);

    private bool ChangeAttribute()
    {
        AttributeProto[] attributes = [.. model.Graph.Node.SelectMany(n => n.Attribute).Where(a => a.Type is AttributeProto.Types.AttributeType.Int or AttributeProto.Types.AttributeType.Ints)];
        if (attributes.Length == 0)
            return false;
        AttributeProto attribute = Pick(attributes);
        if (attribute.Type == AttributeProto.Types.AttributeType.Int)
            attribute.I = Number();
        else if (attribute.Ints.Count > 0 && _random.Next(3) > 0)
            attribute.Ints[_random.Next(attribute.Ints.Count)] = Number();
        else
            attribute.Ints.Add(Number());
        return true;
    }

    private bool ChangeShape()
    {
        TensorProto[] weights = [.. model.Graph.Initializer.Where(t => t.Dims.Count > 0 && t.Dims.All(d => d > 0))];
        if (weights.Length == 0)
            return false;
        TensorProto weight = Pick(weights);
        int axis = _random.Next(weight.Dims.Count);
        switch (_random.Next(4))
        {
            case 0:
                weight.Dims.Add(1);
                return true;
            case 1:
                weight.Dims.Insert(axis, 1);
                return true;
            case 2:
                (weight.Dims[0], weight.Dims[axis]) = (weight.Dims[axis], weight.Dims[0]);
                return axis > 0;
            default:
                if (!weight.HasRawData || weight.Dims[axis] < 2)
                    return false;
                int left = (int)(weight.RawData.Length / weight.Dims[axis] * (weight.Dims[axis] - 1));
                weight.RawData = ByteString.CopyFrom(weight.RawData.Span[..left]);
                weight.Dims[axis]--;
                return true;
        }
    }

    private bool ChangeOperator()
    {
        NodeProto node = Pick(model.Graph.Node);
        node.OpType = Pick(s_operators);
        node.Domain = "";
        return true;
    }
}
