using SiDT.Frontend;

namespace SiDT.Passes.Operators;

/// <summary>
/// How axes behave, by operator: the one place where index notations are registered.
/// Operators that move positions along an axis stand in <see cref="Analysis.Movements"/>; what stands in neither is unknown.
/// </summary>
public static class OperatorTable
{
    private static readonly Dictionary<string, Func<NodeView, AxisSpec?>> s_specs = Build();

    /// <summary>The index notation of a node; null where the operator has none.</summary>
    public static AxisSpec? Describe(NodeView view) => s_specs.TryGetValue(Key(view.Node), out var rule) ? rule(view) : null;

    public static bool Knows(Node node) => s_specs.ContainsKey(Key(node));

    public static string Key(Node node) => node.Domain.Length == 0 ? node.OpType : $"{node.Domain}::{node.OpType}";

    private static Dictionary<string, Func<NodeView, AxisSpec?>> Build()
    {
        var table = new Dictionary<string, Func<NodeView, AxisSpec?>>(StringComparer.Ordinal);
        PointwiseRules.Register(table);
        ProductRules.Register(table);
        ConvolutionRules.Register(table);
        NormalizationRules.Register(table);
        ReductionRules.Register(table);
        LayoutRules.Register(table);
        AttentionRules.Register(table);
        QuantizationRules.Register(table);
        RecurrentRules.Register(table);
        return table;
    }
}
