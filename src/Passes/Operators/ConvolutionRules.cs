using SiDT.Passes.Shapes;

namespace SiDT.Passes.Operators;

/// <summary>Convolutions and pooling: channels are factors (group, channel of the group); space is mixed.</summary>
internal static class ConvolutionRules
{
    public static void Register(Dictionary<string, Func<NodeView, AxisSpec?>> table)
    {
        table["Conv"] = table["com.microsoft::FusedConv"] = Conv;
        table["ConvTranspose"] = ConvTranspose;
        table["MaxPool"] = table["AveragePool"] = table["LpPool"] = Pool;
    }

    private static AxisSpec? Conv(NodeView view)
    {
        Dim[] x = view.Shape(0), w = view.Shape(1);
        if (x.Length < 3 || w.Length != x.Length || !w.All(d => d.IsConstant))
            return null;
        long groups = view.Node.Int("group", 1);
        Dim[] space = Window(view, x, [.. w[2..].Select(d => d.Value)]);
        var g = new AxisIndex(groups);
        var o = new AxisIndex(w[0].Value / groups);
        var c = new AxisIndex(w[1]);
        AxisIndex[] n = Indices.Axis(new AxisIndex(x[0]));
        AxisIndex[][] kernel = Indices.Of(w[2..], _ => AxisRole.Space);
        AxisIndex[][] input = Indices.Of(x[2..], _ => AxisRole.Space);
        // a kernel of one sees single positions: space may be labelled (tokens laid out as pixels)
        bool pointwise = w[2..].All(d => d.Is(1)) && space.SequenceEqual(x[2..]);
        AxisIndex[][] output = pointwise ? input = Indices.Of(x[2..]) : Indices.Of(space);
        AxisIndex[] channels = Indices.Axis(g, o);
        return new AxisSpec(
            [[n, Indices.Axis(g, c), .. input], [channels, Indices.Axis(c), .. kernel], view.In(2) is null ? null : [channels], view.In(3) is null ? null : [n, channels, .. output]],
            [n, channels, .. output])
        {
            Product = (0, 1),
            IsSpatial = !pointwise,
            IsPointwise = view.Node.Has("activation"),
            Macs = Dim.Product([x[0], w[0], w[1], .. w[2..], .. space]),
        };
    }

    private static AxisSpec? ConvTranspose(NodeView view)
    {
        Dim[] x = view.Shape(0), w = view.Shape(1);
        if (x.Length < 3 || w.Length != x.Length || !w.All(d => d.IsConstant) || !x[1].IsConstant)
            return null;
        long groups = view.Node.Int("group", 1);
        var g = new AxisIndex(groups);
        var c = new AxisIndex(x[1].Value / groups);
        var o = new AxisIndex(w[1]);
        AxisIndex[] n = Indices.Axis(new AxisIndex(x[0]));
        AxisIndex[] channels = Indices.Axis(g, o);
        AxisIndex[][] output = Indices.Of(TransposedWindow(view, x, w));
        return new AxisSpec(
            [[n, Indices.Axis(g, c), .. Indices.Of(x[2..], _ => AxisRole.Space)], [Indices.Axis(g, c), Indices.Axis(o), .. Indices.Of(w[2..], _ => AxisRole.Space)], view.In(2) is null ? null : [channels]],
            [n, channels, .. output])
        {
            Product = (0, 1),
            IsSpatial = true,
            Macs = Dim.Product([x[0], x[1], w[1], .. w[2..], .. x[2..]]),
        };
    }

    private static AxisSpec? Pool(NodeView view)
    {
        Dim[] x = view.Shape(0);
        if (view.Node.Ints("kernel_shape") is not { } kernel || x.Length != kernel.Length + 2)
            return null;
        AxisIndex[][] head = Indices.Of(x[..2]);
        AxisIndex[][] output = [.. head, .. Indices.Of(Window(view, x, kernel))];
        return new AxisSpec([[.. head, .. Indices.Of(x[2..], _ => AxisRole.Space)]], output, output);
    }

    /// <summary>Spatial sizes after a sliding window.</summary>
    private static Dim[] Window(NodeView view, Dim[] x, long[] kernel)
    {
        int rank = kernel.Length;
        long[] strides = view.Node.Ints("strides") ?? [.. Enumerable.Repeat(1L, rank)];
        long[] dilations = view.Node.Ints("dilations") ?? [.. Enumerable.Repeat(1L, rank)];
        long[] pads = view.Node.Ints("pads") ?? new long[2 * rank];
        string auto = view.Node.Text("auto_pad", "NOTSET");
        bool up = view.Node.Int("ceil_mode", 0) != 0;
        var sizes = new Dim[rank];
        for (int i = 0; i < rank; i++)
        {
            Dim size = x[i + 2];
            if (auto.StartsWith("SAME", StringComparison.Ordinal))
            {
                sizes[i] = size.DivideUp(strides[i]);
                continue;
            }
            long padding = auto == "VALID" ? 0 : pads[i] + pads[i + rank];
            Dim free = size + Dim.Of(padding - (dilations[i] * (kernel[i] - 1)) - 1);
            // (s*x - 1) / s rounds to x - 1: keep multiples exact
            Dim steps = up ? free.DivideUp(strides[i])
                : free.DivideExactly(strides[i]) ?? ((free + Dim.One).DivideExactly(strides[i]) is { } q && strides[i] > 1 ? q - Dim.One : RoundedWindow(free, strides[i]));
            sizes[i] = steps + Dim.One;
        }
        return sizes;
    }

    // split off the constant: floor((s*x + c) / s) = x + floor(c / s)
    private static Dim RoundedWindow(Dim free, long stride)
    {
        for (long c = 1; c < stride; c++)
        {
            if ((free - Dim.Of(c)).DivideExactly(stride) is { } whole)
                return whole;
        }
        return free.DivideDown(stride);
    }

    private static Dim[] TransposedWindow(NodeView view, Dim[] x, Dim[] w)
    {
        int rank = x.Length - 2;
        if (view.Node.Ints("output_shape") is { } given)
            return [.. given.TakeLast(rank).Select(Dim.Of)];
        long[] strides = view.Node.Ints("strides") ?? [.. Enumerable.Repeat(1L, rank)];
        long[] dilations = view.Node.Ints("dilations") ?? [.. Enumerable.Repeat(1L, rank)];
        long[] pads = view.Node.Ints("pads") ?? new long[2 * rank];
        long[] extra = view.Node.Ints("output_padding") ?? new long[rank];
        bool same = view.Node.Text("auto_pad", "NOTSET").StartsWith("SAME", StringComparison.Ordinal);
        return [.. Enumerable.Range(0, rank).Select(i => same
            ? x[i + 2] * Dim.Of(strides[i])
            : ((x[i + 2] - Dim.One) * Dim.Of(strides[i])) + Dim.Of((dilations[i] * (w[i + 2].Value - 1)) + 1 + extra[i] - pads[i] - pads[i + rank]))];
    }
}
