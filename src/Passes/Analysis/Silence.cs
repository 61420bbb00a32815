using SiDT.Frontend;
using SiDT.Passes.Operators;

namespace SiDT.Passes.Analysis;

/// <summary>
/// Whether a value is zero where its labels are silenced. It stops being so behind a function with f(0) other than 0 (exp, sigmoid, x + 1),
/// and is so again behind a product with weights. What is summed up while it sounds cannot be silenced by weights alone.
/// </summary>
internal static class Silence
{
    private static readonly HashSet<string> s_shifting = new(StringComparer.Ordinal)
    {
        "Exp", "Cos", "Cosh", "Sigmoid", "Softplus", "HardSigmoid", "Log", "Reciprocal", "Acos", "Softmax", "LogSoftmax", "Not", "Equal", "GreaterOrEqual", "LessOrEqual",
    };

    /// <summary>Marks what is contracted while it sounds and says whether the result is shifted.</summary>
    public static bool Mark(
        LabelTable labels, Node node, AxisSpec spec, Layout?[] operands, List<LabelArray>?[] arrays, List<LabelArray> all, HashSet<Factor> result)
    {
        bool[] labelled = [.. arrays.Select(a => a is { Count: > 0 })];
        bool[] shifted = [.. operands.Select((o, i) => o is not null && labelled[i] && o.IsShifted)];
        bool sounds = spec.Product is var (left, right) ? shifted[left] && shifted[right] : spec.Uses is not null || shifted.Any(s => s);
        if (sounds && spec.Uses is null)
        {
            foreach (LabelArray array in all.Where(a => !a.Over.All(result.Contains) && (spec.Product is null || Both(arrays, spec.Product.Value, a))))
                labels.Mark(array.Labels, Usage.Sounding);
        }
        if (spec.Product is not null)
            return sounds;
        if (s_shifting.Contains(node.OpType))
            return true;
        return node.OpType switch
        {
            "Mul" => Enumerable.Range(0, operands.Length).Any(i => shifted[i]) && Enumerable.Range(0, operands.Length).Where(i => labelled[i]).All(i => shifted[i]),
            "Div" => shifted[0],
            "Add" or "Sub" or "Sum" or "Max" or "Min" or "Where" => shifted.Any(s => s) || Uneven(arrays, [.. all.Where(a => IsUnits(labels, a))], operands),
            _ => shifted.Any(s => s) && !spec.Inputs.Skip(1).Where((a, i) => a is not null && operands[i + 1] is { IsConstant: true } && labelled[i + 1]).Any(),
        };
    }

    // what weights make can be silenced; tokens, queries and pixels cannot
    private static bool IsUnits(LabelTable labels, LabelArray array) =>
        array.Labels.All(l => l < 0 || ((labels.UsageOf(l) | labels.UsageOf(labels.Find(l))) & Usage.Produced) != 0);

    private static bool Both(List<LabelArray>?[] arrays, (int Left, int Right) product, LabelArray array) =>
        new[] { product.Left, product.Right }.All(i => arrays[i]!.Any(a => a.Over.Any(array.Over.Contains)));

    // an operand without positions along a labelled axis adds the same number to what is silenced
    private static bool Uneven(List<LabelArray>?[] arrays, List<LabelArray> all, Layout?[] operands) =>
        all.Any(a => Enumerable.Range(0, operands.Length).Any(i => operands[i] is { Type: not ElementType.Bool } && !arrays[i]!.Any(b => b.Over.Any(a.Over.Contains))));
}
