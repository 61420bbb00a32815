using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Statistics;

namespace SiDT.Passes.Compensation.ResidualStream;

/// <summary>
/// Writes a norm of a stream whose mean is zero, or is not taken off, as x * (1 / sqrt(mean(x x) + epsilon)). Zeros in the place of channels
/// leave what it divides by as it is, which a mean over fewer channels would not: see <see cref="Settle"/>.
/// </summary>
internal static class NormSpelling
{
    public static void Run(NormSite norm, GraphAnalysis analysis)
    {
        Graph graph = analysis.Graph;
        string name = norm.Output.Name;
        Layout of = analysis.Of(norm.Input), made = analysis.Of(norm.Output);
        Layout whole = of.With(of.Type is ElementType.Float64 ? of.Type : ElementType.Float32, null), one = Reduced(whole, norm.Axis);
        Value x = norm.Input;
        if (whole.Type != of.Type)
            x = Known(graph.Add("Cast", "", $"{name}_wide", [x]).Set("to", (long)whole.Type).Result, whole, analysis);
        Value squares = Known(graph.Op("Mul", $"{name}_squares", x, x), whole, analysis);
        Value mean = Known(GraphMath.Mean(graph, squares, norm.Axis), one, analysis);
        norm.EpsilonValue = graph.NewInitializer($"{name}_epsilon", Tensor.FromFloats(whole.Type, [(float)norm.Epsilon]));
        Value variance = Known(graph.Op("Add", $"{name}_variance", mean, norm.EpsilonValue), one, analysis);
        Value deviation = Known(graph.Op("Sqrt", $"{name}_deviation", variance), one, analysis);
        Value factor = Known(graph.Op("Reciprocal", $"{name}_factor", deviation), one, analysis);
        Value result = Known(graph.Op("Mul", $"{name}_normal", x, factor), made.With(whole.Type, null), analysis); // readers know its factors
        if (made.Type != whole.Type)
            result = Known(graph.Add("Cast", "", $"{name}_narrow", [result]).Set("to", (long)made.Type).Result, made, analysis);
        norm.Output.ReplaceUsesWith(result);
    }

    /// <summary>
    /// Writes a norm in parts so that its statistics can be taken over some channels alone: those that are one in a mask. All are, for now.
    /// </summary>
    /// <returns>The constant that holds one over their count.</returns>
    public static Value Masked(NormSite norm, GraphAnalysis analysis)
    {
        Graph graph = analysis.Graph;
        string name = norm.Output.Name;
        Layout of = analysis.Of(norm.Input), made = analysis.Of(norm.Output);
        Layout whole = of.With(of.Type is ElementType.Float64 ? of.Type : ElementType.Float32, null), one = Reduced(whole, norm.Axis);
        long size = of.Shape[norm.Axis].Value;
        Value x = norm.Input;
        if (whole.Type != of.Type)
            x = Known(graph.Add("Cast", "", $"{name}_wide", [x]).Set("to", (long)whole.Type).Result, whole, analysis);
        Value count = Number(graph, $"{name}_count", whole.Type, 1.0 / size);
        if (norm.IsCentred)
        {
            x = Known(graph.Op("Sub", $"{name}_centred", x, Known(graph.Op("Mul", $"{name}_mean", Sum(x), count), one, analysis)), whole, analysis);
            long[] dims = [.. Enumerable.Range(0, of.Rank).Select(i => i == norm.Axis ? size : 1)];
            Value mask = graph.NewInitializer($"{name}_mask", Tensor.FromFloats(whole.Type, [.. Enumerable.Repeat(1f, (int)size)], dims));
            analysis.Flow.Adopt(mask, Along(whole, norm.Axis));
            x = Known(graph.Op("Mul", $"{name}_masked", x, mask), whole, analysis);
        }
        Value squares = Known(graph.Op("Mul", $"{name}_squares", x, x), whole, analysis);
        Value mean = Known(graph.Op("Mul", $"{name}_square", Sum(squares), count), one, analysis);
        Value variance = Known(graph.Op("Add", $"{name}_variance", mean, Number(graph, $"{name}_epsilon", whole.Type, norm.Epsilon)), one, analysis);
        Value factor = Known(graph.Op("Reciprocal", $"{name}_factor", Known(graph.Op("Sqrt", $"{name}_deviation", variance), one, analysis)), one, analysis);
        Value result = Known(graph.Op("Mul", $"{name}_normal", x, factor), made.With(whole.Type, null), analysis);
        if (made.Type != whole.Type)
            result = Known(graph.Add("Cast", "", $"{name}_narrow", [result]).Set("to", (long)made.Type).Result, made, analysis);
        if (norm.Scale is not null)
            result = Known(graph.Op("Mul", $"{name}_scaled", result, norm.Scale), made, analysis);
        if (norm.Shift is not null)
            result = Known(graph.Op("Add", $"{name}_shifted", result, norm.Shift), made, analysis);
        norm.Output.ReplaceUsesWith(result);
        return count;

        Value Sum(Value v) => Known(GraphMath.Sum(graph, v, true, norm.Axis), one, analysis);
    }

    /// <summary>
    /// What the same norm needs when its mean runs over the kept channels alone:
    /// x / sqrt(sum / n + e) = sqrt(n / k) x / sqrt(sum / k + e n / k). The factor before x belongs into what reads the norm.
    /// </summary>
    /// <param name="norm">Spelled.</param>
    /// <param name="ratio">n / k.</param>
    public static void Settle(NormSite norm, double ratio)
    {
        Tensor epsilon = norm.EpsilonValue!.Initializer!;
        norm.EpsilonValue.Initializer = Tensor.FromFloats(epsilon.Type, [(float)(epsilon.ToFloats()[0] * ratio)], epsilon.Dims);
    }

    private static Value Known(Value value, Layout layout, GraphAnalysis analysis)
    {
        analysis.Flow.Adopt(value, layout);
        return value;
    }

    private static Value Number(Graph graph, string name, ElementType type, double number) => graph.NewInitializer(name, Tensor.FromFloats(type, [(float)number]));

    private static Layout Along(Layout layout, int axis)
    {
        IReadOnlyList<Factor> own = layout.Axes[axis];
        return new Layout([.. layout.Axes.Select((a, i) => i == axis ? a : [])], [.. layout.Arrays.Where(a => a.Over.All(own.Contains))]) { Type = layout.Type, IsConstant = true };
    }

    private static Layout Reduced(Layout layout, int axis)
    {
        IReadOnlyList<Factor> gone = layout.Axes[axis];
        return new Layout([.. layout.Axes.Select((a, i) => i == axis ? [] : a)], [.. layout.Arrays.Where(a => !a.Over.Any(gone.Contains))]) { Type = layout.Type };
    }
}
