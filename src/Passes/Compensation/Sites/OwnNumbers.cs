using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Rewriting;
using SiDT.Runtime;

namespace SiDT.Passes.Compensation.Sites;

/// <summary>
/// Gives operands that are made of constants numbers of their own, so that those can change alone: an initializer that this node alone
/// reads, with the labels that the operand had. Outputs stay what they are.
/// </summary>
internal sealed class OwnNumbers(GraphAnalysis analysis)
{
    private readonly Dictionary<Value, Tensor> _known = new(ReferenceEqualityComparer.Instance);

    /// <summary>Whether an operand is made of numbers that may be written anew: floats, and not widened from fewer bits.</summary>
    public static bool IsFree(Value operand)
    {
        if (operand.Constant is { } tensor)
            return tensor.Type.IsFloating() && tensor.Type.Bits() >= 16;
        return operand.Producer is { } node && node.Domain.Length == 0 && node.OpType is not ("DequantizeLinear" or "Cast") && node.Inputs.All(i => i is null || i.Constant is { } c && !c.Type.IsFloating() || IsFree(i));
    }

    /// <summary>Computes the numbers of operands that nodes make of constants, all in one run.</summary>
    public void Read(IReadOnlyCollection<Value> operands)
    {
        Value[] computed = [.. operands.Where(o => o.Constant is null).Distinct()];
        if (computed.Length == 0)
            return;
        Model copy = analysis.Graph.Model.Clone();
        copy.Graph.Outputs.Clear();
        foreach (Value value in computed)
            copy.Graph.Outputs.Add(Typed(copy.Graph.Find(value.Name)!, analysis.Of(value).Type));
        copy.Graph.Sweep();
        copy.Graph.Inputs.RemoveAll(v => v.Uses.Count == 0 && v.Initializer is null);
        using Session session = Session.Open(copy);
        IReadOnlyDictionary<string, Tensor> numbers = session.Run(new Dictionary<string, Tensor>());
        foreach (Value value in computed)
            _known[value] = numbers[value.Name];
    }

    /// <summary>Makes an input of a node an initializer of its own.</summary>
    public Value Own(Node node, int input)
    {
        Value operand = node.Inputs[input]!;
        if (operand is { Initializer: not null, Uses.Count: 1, IsOutput: false, IsInput: false })
            return operand;
        Value own = node.Graph.NewInitializer($"{operand.Name}_own", operand.Constant ?? _known[operand]);
        analysis.Flow.Adopt(own, analysis.Of(operand));
        node.SetInput(input, own);
        return own;
    }

    internal static Value Typed(Value value, ElementType type)
    {
        value.Info ??= new Frontend.Schema.ValueInfoProto { Name = value.Name, Type = new Frontend.Schema.TypeProto { TensorType = new Frontend.Schema.TypeProto.Types.Tensor { ElemType = (int)type } } };
        return value;
    }
}
