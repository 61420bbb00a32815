using System.Globalization;
using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Exact;

/// <summary>How much a graph holds and computes; sizes that are open count as one.</summary>
internal readonly record struct Workload(long Parameters, long Macs)
{
    public static Workload Of(GraphFacts facts) => new(ParametersOf(facts.Model.Graph), facts.Flow.Macs.Values.Sum(Evaluate));

    /// <summary>After a change that keeps all products.</summary>
    public Workload With(Model model) => this with { Parameters = ParametersOf(model.Graph) };

    /// <summary>A polynomial with every symbol being one.</summary>
    internal static long Evaluate(Dim size) => size.IsConstant ? size.Value : size.Key.Split('+').Sum(Coefficient);

    /// <summary>What a size is at least, no symbol being below one.</summary>
    internal static long AtLeast(Dim size) => size.IsConstant ? size.Value : size.Key.Contains('-', StringComparison.Ordinal) ? 1 : Math.Max(1, Evaluate(size));

    private static long Coefficient(string term) => long.TryParse(term.Split('*')[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : 1;

    private static long ParametersOf(Graph graph)
    {
        long count = 0;
        foreach (Value value in graph.Values)
        {
            if (value.Uses.Count > 0 && value.Constant is { } tensor && IsWeight(tensor.Type))
                count += tensor.Count;
        }
        return count + graph.Nodes.SelectMany(n => n.Subgraphs.Values).Sum(ParametersOf);
    }

    private static bool IsWeight(ElementType type) => type.IsFloating() || type.Bits() is > 0 and <= 8 and not 1;
}
