using SiDT.Frontend;
using SiDT.Passes.Analysis;
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
        return operand.Producer is { } node && node.Domain.Length == 0 && node.OpType != "DequantizeLinear"
            && (node.OpType != "Cast" || Stored(operand) is not null) && node.Inputs.All(i => i is null || i.Constant is { } c && !c.Type.IsFloating() || IsFree(i));
    }

    /// <summary>The 16-bit type that an operand's numbers are widened from; null if they are not.</summary>
    private static ElementType? Stored(Value operand)
    {
        if (operand.Producer is not { } node)
            return null;
        if (node.Is("Cast") && node.Input(0) is { } from)
            return from.Constant is { } tensor ? (tensor.Type is ElementType.Float16 or ElementType.BFloat16 ? tensor.Type : null) : Stored(from);
        return node.Inputs.OfType<Value>().Select(Stored).FirstOrDefault(t => t is not null);
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
        if (operand is { Uses.Count: 1, IsOutput: false, Producer: { } cast } && cast.Is("Cast") && cast.Inputs[0] is { Initializer: not null, Uses.Count: 1, IsOutput: false, IsInput: false } own16 && Stored(operand) is not null)
            return own16;
        Tensor numbers = operand.Constant ?? _known[operand];
        if (operand.Constant is null && Stored(operand) is { } type)
            return Narrow(node, input, numbers, type);
        Value own = node.Graph.NewInitializer($"{operand.Name}_own", numbers);
        analysis.Flow.Adopt(own, analysis.Of(operand));
        node.SetInput(input, own);
        return own;
    }

    // what was stored in 16 bits stays so
    private Value Narrow(Node node, int input, Tensor numbers, ElementType type)
    {
        Value operand = node.Inputs[input]!;
        Value own = node.Graph.NewInitializer($"{operand.Name}_own", Tensor.FromFloats(type, numbers.ToFloats(), numbers.Dims));
        Layout layout = analysis.Of(operand);
        analysis.Flow.Adopt(own, layout.With(type, null));
        Value wide = node.Graph.Add("Cast", "", $"{operand.Name}_wide", [own]).Set("to", (long)numbers.Type).Result;
        analysis.Flow.Adopt(wide, layout);
        node.SetInput(input, wide);
        return own;
    }

    internal static Value Typed(Value value, ElementType type)
    {
        value.Info ??= new Frontend.Schema.ValueInfoProto { Name = value.Name, Type = new Frontend.Schema.TypeProto { TensorType = new Frontend.Schema.TypeProto.Types.Tensor { ElemType = (int)type } } };
        return value;
    }
}
