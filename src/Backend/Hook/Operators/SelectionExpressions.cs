using SiDT.Backend.Hook.Expressions;
using SiDT.Passes.Operators;
using SiDT.Passes.Shapes;

namespace SiDT.Backend.Hook.Operators;

/// <summary>Parts of a value.</summary>
internal static class SelectionExpressions
{
    public static void Register(Dictionary<string, Func<OperatorView, Step>> table)
    {
        table["Gather"] = Gather;
        table["GatherElements"] = v => v.Make($"{v.X}.gather({v.Axis("axis", 0, v.Rank(v.X))}, {v.In(1):,})");
        table["Slice"] = Slice;
        table["Split"] = Split;
        table["OneHot"] = OneHot;
    }

    private static Step Gather(OperatorView v)
    {
        int rank = v.Rank(v.X), axis = v.Axis("axis", 0, rank), indexRank = v.Rank(v.In(1));
        string at = LayoutExpressions.Counted(axis, rank);
        if (v.Integers(1) is { } positions)
        {
            if (indexRank == 0)
                return v.Make($"{v.X}.select({at}, {positions[0]})");
            if (indexRank == 1 && positions.Length > 0 && positions[0] >= 0 && positions.Zip(positions.Skip(1)).All(p => p.Second == p.First + 1))
                return v.Make($"{v.X}.narrow({at}, {positions[0]}, {new Width(positions.Length, "size")})");
        }
        if (indexRank == 1)
            return v.Make($"{v.X}.index_select({at}, {v.In(1):,})");
        if (indexRank == 0)
            return v.Make($"{v.X}.index_select({at}, {v.In(1)}.reshape(1)).squeeze({at})");
        // a table read at a grid of positions
        Dim[] shape = v.Shape(v.Value);
        if (axis == 0 && rank == 2 && v.Translation.Source(v.X) is { IsTrainable: true } source && v.Translation.IsConstant(v.X) && indexRank >= 1 && !v.Translation.IsConstant(v.In(1)))
        {
            Layer layer = v.Translation.Layer("Embedding", Code.Of($"Embedding({new Width(source.Dims[0], "size")}, {new Width(source.Dims[1], "dim")})"), "embedding", v.Translation.Names.OfLayer(v.Node, source), new Weights.Binding("weight", source));
            return v.Make($"{layer}.forward({v.In(1):,})");
        }
        IEnumerable<Piece> lengths = shape.Select((d, i) => (Piece)new Length(d, i == shape.Length - 1 ? "dim" : "size", i < axis ? i : -1, true));
        return v.Make($"{v.X}.index_select({at}, {v.In(1)}.flatten()).reshape({lengths})");
    }

    private static Step Slice(OperatorView v)
    {
        int rank = v.Rank(v.X);
        Dim[] source = v.Shape(v.X), target = v.Shape(v.Value);
        Content? starts = v.Node.Has("starts") ? null : v.Translation.Flow.Of(v.In(1)).Content;
        long[]? known = v.Integers(1, "starts");
        int count = known?.Length ?? starts?.Items.Length ?? throw v.Fault("where it starts is computed");
        long[] axes = v.Integers(3, "axes") ?? [.. Enumerable.Range(0, count).Select(i => (long)i)];
        long[] steps = v.Integers(4) ?? [.. Enumerable.Repeat(1L, count)];
        Code code = Code.Of($"{v.X}");
        for (int i = 0; i < count; i++)
        {
            int axis = NodeView.Positive(axes[i], rank);
            if (source[axis].Equals(target[axis]) && steps[i] > 0)
                continue;
            string at = LayoutExpressions.Counted(axis, rank);
            Dim start = known is not null ? Dim.Of(known[i]) : starts!.Items[i]?.Size ?? throw v.Fault("where it starts is computed");
            if (start.IsConstant && start.Value < 0)
                start = source[axis] + start;
            if (start.IsConstant && start.Value < 0)
                start = Dim.Of(0);
            if (steps[i] == -1)
            {
                code = Code.Of($"{code}.flip({at})");
                continue;
            }
            if (steps[i] < 1)
                throw v.Fault($"a step of {steps[i]} is not supported");
            if (steps[i] > 1)
            {
                if (!source[axis].IsConstant && !target[axis].IsConstant && !source[axis].Equals(target[axis] * Dim.Of(steps[i])))
                    throw v.Fault("every n-th position of an open length is not supported");
                code = Strided(v, code, at, axis, start, steps[i], source, target);
                continue;
            }
            bool plain = start.IsConstant && target[axis].IsConstant;
            code = plain
                ? Code.Of($"{code}.narrow({at}, {(start.Value == 0 ? new Literal("0") : (Piece)new Width(start.Value, "start"))}, {new Width(target[axis].Value, "size")})")
                : Code.Of($"{code}.narrow({at}, {new Length(start, "start", -1, false)}, {new Length(target[axis], "size", -1, false)})");
        }
        return v.Make(code);
    }

    private static Code Strided(OperatorView v, Code code, string at, int axis, Dim start, long step, Dim[] source, Dim[] target)
    {
        if (!start.IsConstant)
            throw v.Fault("where it starts is computed");
        long end = start.Value + ((target[axis].IsConstant ? target[axis].Value - 1 : 0) * step) + 1;
        Piece finish = source[axis].Equals(target[axis] * Dim.Of(step)) ? new Length(source[axis], "size", -1, false) : new Literal(end.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return Code.Of($"{code}.slice({at}, {start.Value}, {finish}, {step})");
    }

    private static Step Split(OperatorView v)
    {
        int rank = v.Rank(v.X), axis = v.Axis("axis", 0, rank);
        string at = LayoutExpressions.Counted(axis, rank);
        Dim[] lengths = [.. v.Node.Outputs.Select(o => v.Shape(o ?? throw v.Fault("an output is left out"))[axis])];
        if (lengths.All(l => l.Equals(lengths[0])))
            return v.MakeArray(Code.Of($"{v.X}.chunk({lengths.Length}, {at})"));
        IEnumerable<Piece> sizes = lengths.Select(l => (Piece)new Length(l, "size", -1, false));
        return v.MakeArray(Code.Of($"{v.X}.split(new long[] {{ {sizes} }}, {at})"));
    }

    private static Step OneHot(OperatorView v)
    {
        if (v.Scalar(1) is not { } depth && v.Shape(v.Value)[^1] is { IsConstant: true } last)
            depth = last.Value;
        else if (v.Scalar(1) is { } given)
            depth = given;
        else
            return Counted(v);
        if (v.Axis("axis", -1, v.Rank(v.Value)) != v.Rank(v.Value) - 1)
            throw v.Fault("classes on an inner axis are not supported");
        return v.Make($"functional.one_hot({v.X:,}, {(long)depth}).to_type({Translation.TypeText(v.Type(v.Value))})");
    }

    private static Step Counted(OperatorView v) =>
        v.Make($"functional.one_hot({v.X:,}, {new Length(v.Shape(v.Value)[^1], "size", -1, false)}).to_type({Translation.TypeText(v.Type(v.Value))})");
}
