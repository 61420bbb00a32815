using SiDT.Backend.Hook.Expressions;
using SiDT.Passes.Operators;

namespace SiDT.Backend.Hook.Operators;

/// <summary>Sums, means and extremes over axes.</summary>
internal static class ReductionExpressions
{
    public static void Register(Dictionary<string, Func<OperatorView, Step>> table)
    {
        table["ReduceMean"] = v => Over(v, "mean");
        table["ReduceSum"] = v => Over(v, "sum");
        table["ReduceMax"] = v => Over(v, "amax");
        table["ReduceMin"] = v => Over(v, "amin");
        table["ReduceL2"] = v => Powers(v, $"{v.X}.pow(2)", ".sqrt()");
        table["ReduceSumSquare"] = v => Powers(v, $"{v.X}.pow(2)", "");
        table["ReduceL1"] = v => Powers(v, $"{v.X}.abs()", "");
        table["ArgMax"] = v => Arg(v, "argmax");
        table["ArgMin"] = v => Arg(v, "argmin");
        table["CumSum"] = v => v.Scalar(1) is { } axis && v.Node.Int("exclusive", 0) == 0 && v.Node.Int("reverse", 0) == 0 ? v.Make($"{v.X}.cumsum({(long)axis})") : throw v.Fault("only a plain running sum is supported");
        table["GlobalAveragePool"] = v => v.Make($"{v.X}.mean(new long[] {{ {Enumerable.Range(2, v.Rank(v.X) - 2).Select(i => (long)i)} }}, true)");
        table["GlobalMaxPool"] = v => v.Make($"{v.X}.amax(new long[] {{ {Enumerable.Range(2, v.Rank(v.X) - 2).Select(i => (long)i)} }}, true)");
    }

    private static Step Over(OperatorView v, string method)
    {
        if (Axes(v) is not { } axes)
            return v.Make($"{v.X}");
        return v.Make(Code.Of($"{v.X}.{method}(new long[] {{ {axes} }}{Keeping(v)})"));
    }

    private static Step Powers(OperatorView v, Code inner, string after)
    {
        if (Axes(v) is not { } axes)
            return v.Make(Code.Of($"{inner}{after}"));
        return v.Make(Code.Of($"{inner}.sum(new long[] {{ {axes} }}{Keeping(v)}){after}"));
    }

    private static string Keeping(OperatorView v) => v.Node.Int("keepdims", 1) != 0 ? ", true" : "";

    // null: nothing is reduced
    private static long[]? Axes(OperatorView v)
    {
        int rank = v.Rank(v.X);
        if (v.Has(1) && v.Integers(1, "axes") is null)
            throw v.Fault("its axes are computed");
        long[] axes = v.Integers(1, "axes") ?? [];
        if (axes.Length == 0)
            return v.Node.Int("noop_with_empty_axes", 0) != 0 ? null : [.. Enumerable.Range(0, rank).Select(i => (long)i)];
        return [.. axes.Select(a => NodeView.Positive(a, rank)).Select(a => a == rank - 1 && rank > 2 ? -1L : a)];
    }

    private static Step Arg(OperatorView v, string method)
    {
        int rank = v.Rank(v.X), axis = v.Axis("axis", 0, rank);
        if (v.Node.Int("select_last_index", 0) != 0)
            throw v.Fault("the last of several extremes is not supported");
        return v.Make(Code.Of($"{v.X}.{method}({LayoutExpressions.Counted(axis, rank)}{Keeping(v)})"));
    }
}
