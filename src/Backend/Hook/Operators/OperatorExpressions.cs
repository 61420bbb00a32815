using SiDT.Backend.Hook.Expressions;
using SiDT.Passes.Operators;

namespace SiDT.Backend.Hook.Operators;

/// <summary>How each operator is written in TorchSharp: one table, keyed by operator.</summary>
internal static class OperatorExpressions
{
    private static readonly Dictionary<string, Func<OperatorView, Step>> s_rules = Build();

    /// <summary>Whether there is a rule for operators of this key (<see cref="OperatorTable.Key"/>).</summary>
    public static bool Knows(string key) => s_rules.ContainsKey(key);

    /// <summary>The expression of one node.</summary>
    /// <exception cref="Frontend.ModelError">TorchSharp has nothing like it.</exception>
    public static Step Find(OperatorView view) =>
        s_rules.TryGetValue(OperatorTable.Key(view.Node), out Func<OperatorView, Step>? rule)
            ? rule(view)
            : throw view.Fault($"the operator {OperatorTable.Key(view.Node)} has no TorchSharp counterpart here");

    private static Dictionary<string, Func<OperatorView, Step>> Build()
    {
        var table = new Dictionary<string, Func<OperatorView, Step>>(StringComparer.Ordinal);
        PointwiseExpressions.Register(table);
        ProductExpressions.Register(table);
        LayoutExpressions.Register(table);
        SelectionExpressions.Register(table);
        ReductionExpressions.Register(table);
        ConvolutionExpressions.Register(table);
        return table;
    }
}
