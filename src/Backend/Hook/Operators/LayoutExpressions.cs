using SiDT.Backend.Hook.Expressions;
using SiDT.Frontend;
using SiDT.Passes.Operators;
using SiDT.Passes.Shapes;

namespace SiDT.Backend.Hook.Operators;

/// <summary>The same numbers in another shape or order. Shapes are read off the analysis, so shape arithmetic is gone.</summary>
internal static class LayoutExpressions
{
    public static void Register(Dictionary<string, Func<OperatorView, Step>> table)
    {
        table["Reshape"] = Reshape;
        table["Flatten"] = Reshape;
        table["Squeeze"] = Squeeze;
        table["Unsqueeze"] = Unsqueeze;
        table["Transpose"] = Transpose;
        table["Concat"] = v => v.Make($"cat(new[] {{ {v.Node.Inputs.Select(i => (Piece)new Operand(i!, Level.Sum))} }}, {Counted(v.Axis("axis", 0, v.Rank(v.Value)), v.Rank(v.Value))})");
        table["Expand"] = Expand;
        table["Tile"] = v => v.Integers(1) is { } times ? v.Make($"{v.X}.repeat({times})") : throw v.Fault("how often it repeats is computed");
        table["DepthToSpace"] = v => v.Node.Text("mode", "DCR") == "CRD" ? v.Make($"functional.pixel_shuffle({v.X:,}, {v.Node.Int("blocksize", 1)})") : throw v.Fault("mode DCR is not supported");
        table["Shape"] = v => v.Make($"tensor(new long[] {{ {v.Shape(v.X).Select((d, i) => (Piece)new Length(d, "size", i, false))} }})");
        table["ConstantOfShape"] = ConstantOfShape;
        table["Range"] = Range;
        table["Pad"] = Pad;
        table["Resize"] = ResizeExpressions.Resize;
        table["Upsample"] = ResizeExpressions.Resize;
    }

    private static Step Reshape(OperatorView v)
    {
        Dim[] source = v.Shape(v.X), target = v.Shape(v.Value);
        if (source.SequenceEqual(target))
            return v.Make($"{v.X}");
        int kept = 0;
        while (kept < source.Length && kept < target.Length && source[kept].Equals(target[kept]))
            kept++;
        int back = 0;
        while (back < source.Length - kept && back < target.Length - kept && source[source.Length - 1 - back].Equals(target[target.Length - 1 - back]))
            back++;
        // several axes become one
        if (target.Length - kept - back == 1 && source.Length - kept - back > 1)
        {
            int last = source.Length - 1 - back;
            return back == 0 ? v.Make($"{v.X}.flatten({kept})") : v.Make($"{v.X}.flatten({kept}, {last})");
        }
        // axes of length one
        if (source.Where(d => !d.Is(1)).SequenceEqual(target.Where(d => !d.Is(1))) && Math.Abs(source.Length - target.Length) == 1)
            return target.Length > source.Length ? v.Make($"{v.X}.unsqueeze({kept})") : v.Make($"{v.X}.squeeze({FirstGone(source, target)})");
        return v.Make(target.Length == 0 ? Code.Of($"{v.X}.reshape(new long[0])") : Code.Of($"{v.X}.reshape({v.Lengths(v.X, infer: true)})"));
    }

    private static int FirstGone(Dim[] source, Dim[] target)
    {
        int i = 0;
        while (i < target.Length && source[i].Equals(target[i]))
            i++;
        return i;
    }

    private static Step Squeeze(OperatorView v)
    {
        Dim[] source = v.Shape(v.X);
        long[] axes = v.Integers(1, "axes") ?? [.. Enumerable.Range(0, source.Length).Where(i => source[i].Is(1)).Select(i => (long)i)];
        Code code = Code.Of($"{v.X}");
        foreach (int axis in axes.Select(a => NodeView.Positive(a, source.Length)).OrderDescending())
            code = Code.Of($"{code}.squeeze({Counted(axis, source.Length)})");
        return v.Make(code);
    }

    private static Step Unsqueeze(OperatorView v)
    {
        int rank = v.Rank(v.Value);
        long[] axes = v.Integers(1, "axes") ?? throw v.Fault("its axes are computed");
        Code code = Code.Of($"{v.X}");
        foreach (int axis in axes.Select(a => NodeView.Positive(a, rank)).Order())
            code = Code.Of($"{code}.unsqueeze({axis})");
        return v.Make(code);
    }

    private static Step Transpose(OperatorView v)
    {
        int rank = v.Rank(v.X);
        long[] order = v.Node.Ints("perm") ?? [.. Enumerable.Range(0, rank).Reverse().Select(i => (long)i)];
        int[] moved = [.. Enumerable.Range(0, rank).Where(i => order[i] != i)];
        if (moved.Length == 0)
            return v.Make($"{v.X}");
        if (moved.Length == 2)
        {
            bool last = moved[0] == rank - 2 && moved[1] == rank - 1 && rank > 3;
            return last ? v.Make($"{v.X}.transpose(-2, -1)") : v.Make($"{v.X}.transpose({moved[0]}, {moved[1]})");
        }
        return v.Make($"{v.X}.permute({order})");
    }

    private static Step Expand(OperatorView v)
    {
        Dim[] source = v.Shape(v.X), target = v.Shape(v.Value);
        if (source.SequenceEqual(target))
            return v.Make($"{v.X}");
        int ahead = target.Length - source.Length;
        IEnumerable<Piece> lengths = target.Select((d, i) => i >= ahead && source[i - ahead].Equals(d) ? (Piece)new Literal("-1") : new Length(d, "size", -1, false));
        return v.Make($"{v.X}.expand({lengths})");
    }

    private static Step ConstantOfShape(OperatorView v)
    {
        Dim[] shape = v.Shape(v.Value);
        Tensor? filling = v.Node.Attributes.TryGetValue("value", out Frontend.Schema.AttributeProto? a) && a.T is { } t ? TensorOf(t) : null;
        double number = filling is null ? 0 : filling.Type.IsFloating() ? filling.ToFloats()[0] : filling.ToInt64s()[0];
        ElementType type = filling?.Type ?? ElementType.Float32;
        return v.Make($"full(new long[] {{ {shape.Select(d => (Piece)new Length(d, "size", -1, false))} }}, {number}, {Translation.TypeText(type)}, {new Place()})");
    }

    private static Tensor TensorOf(Frontend.Schema.TensorProto proto) => TensorContent.Read(proto);

    private static Step Range(OperatorView v)
    {
        Dim[] shape = v.Shape(v.Value);
        if (v.Scalar(0) != 0 || v.Scalar(2) != 1)
            throw v.Fault("a range that does not count from 0 by 1 is not supported");
        string type = Translation.TypeText(v.Type(v.Value));
        return v.Make($"arange({new Length(shape[0], "size", -1, false)}, {type}, {new Place()})");
    }

    private static Step Pad(OperatorView v)
    {
        long[] pads = v.Integers(1, "pads") ?? throw v.Fault("its widths are computed");
        if (v.Node.Text("mode", "constant") != "constant")
            throw v.Fault($"mode {v.Node.Text("mode", "")} is not supported");
        if (pads.All(p => p == 0))
            return v.Make($"{v.X}");
        if (v.Integers(3) is not null)
            throw v.Fault("widths for chosen axes are not supported");
        int rank = pads.Length / 2, first = 0;
        while (pads[first] == 0 && pads[first + rank] == 0)
            first++;
        // TorchSharp counts from the last axis back
        IEnumerable<long> widths = Enumerable.Range(0, rank - first).SelectMany(i => new[] { pads[rank - 1 - i], pads[(2 * rank) - 1 - i] });
        double filling = v.Has(2) ? v.Scalar(2) ?? throw v.Fault("what it fills with is computed") : v.Node.Float("value", 0);
        return v.Make($"functional.pad({v.X:,}, new long[] {{ {widths} }}, PaddingModes.Constant, {filling})");
    }

    /// <summary>An axis, the last one as -1.</summary>
    internal static string Counted(int axis, int rank) => axis == rank - 1 && rank > 2 ? "-1" : axis.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
