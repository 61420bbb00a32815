using SiDT.Backend.Hook.Expressions;
using SiDT.Backend.Hook.Weights;

namespace SiDT.Backend.Hook.Operators;

/// <summary>Convolutions, pooling and norms that are layers in ONNX too.</summary>
internal static class ConvolutionExpressions
{
    public static void Register(Dictionary<string, Func<OperatorView, Step>> table)
    {
        table["Conv"] = Convolution;
        table["ConvTranspose"] = Transposed;
        table["MaxPool"] = v => Pool(v, "max_pool2d");
        table["AveragePool"] = v => Pool(v, "avg_pool2d");
        table["BatchNormalization"] = BatchNorm;
        table["GroupNormalization"] = v => GroupNorm(v, v.Node.Int("num_groups", 1));
        table["InstanceNormalization"] = v => GroupNorm(v, v.Source(1, "scale").Dims[0]); // every channel is a group
    }

    private static Step Convolution(OperatorView v)
    {
        int rank = v.Rank(v.X), space = rank - 2;
        if (space is not (1 or 2))
            throw v.Fault($"a convolution over {space} axes is not supported");
        long[] kernel = v.Node.Ints("kernel_shape") ?? [.. v.Shape(v.In(1))[2..].Select(d => d.Value)];
        long[] strides = Ones(v.Node.Ints("strides"), space), dilations = Ones(v.Node.Ints("dilations"), space);
        long[] pads = Pads(v, kernel, strides, dilations), before = pads[..space];
        Code input = Code.Of($"{v.X}");
        if (!pads[space..].SequenceEqual(before))
        {
            IEnumerable<long> widths = Enumerable.Range(0, space).SelectMany(i => new[] { pads[space - 1 - i], pads[(2 * space) - 1 - i] });
            input = Code.Of($"functional.pad({v.X:,}, new long[] {{ {widths} }}, PaddingModes.Constant, 0)");
            before = new long[space];
        }
        else
        {
            input = Code.Of($"{v.X:,}");
        }
        long groups = v.Node.Int("group", 1);
        if (v.Translation.Source(v.In(1)) is not { } weight || (!weight.IsTrainable && weight.Parts.All(p => p.Scale is null)) || (v.Has(2) && v.Translation.Source(v.In(2)) is null))
            return Functional(v, space, input, strides, before, dilations, groups);
        WeightSource? bias = v.Has(2) ? v.Source(2, "bias") : null;
        var inputs = new Width(weight.Dims[1] * groups, "channels");
        var outputs = new Width(weight.Dims[0], "width");
        Code construct = Code.Of($"Conv{space}d({inputs}, {outputs}, {Size(kernel)}, {Size(strides)}");
        bool depthwise = groups > 1 && groups == weight.Dims[0];
        Code group = groups == 1 ? Code.Of($"1") : Code.Of($"{(depthwise ? outputs : new Width(groups, "groups"))}");
        if (groups > 1 || bias is null || dilations.Any(d => d != 1))
            construct = Code.Of($"{construct}, {Size(before)}, {Size(dilations)}, PaddingModes.Zeros, {group}, {(bias is null ? "false" : "true")})");
        else
            construct = before.Any(p => p != 0) ? Code.Of($"{construct}, {Size(before)})") : Code.Of($"{construct})");
        var tensors = new List<Binding> { new("weight", weight) };
        if (bias is not null)
            tensors.Add(new Binding("bias", bias));
        Layer layer = v.Translation.Layer($"Conv{space}d", construct, "conv", v.Translation.Names.OfLayer(v.Node, weight, bias), [.. tensors]);
        return v.Make($"{layer}.forward({input})", kind: StepKind.Linear);
    }

    private static Step Transposed(OperatorView v)
    {
        WeightSource weight = v.Source(1, "weight");
        WeightSource? bias = v.Has(2) ? v.Source(2, "bias") : null;
        if (weight.Dims.Length != 4 || v.Node.Has("output_shape") || v.Node.Text("auto_pad", "NOTSET") != "NOTSET")
            throw v.Fault("only transposed convolutions over height and width, with widths of padding, are supported");
        long[] pads = v.Node.Ints("pads") ?? new long[4], strides = Ones(v.Node.Ints("strides"), 2), dilations = Ones(v.Node.Ints("dilations"), 2), more = v.Node.Ints("output_padding") ?? new long[2];
        if (pads.Distinct().Count() > 1 || new[] { weight.Dims[2..], strides, dilations, more }.Any(p => p[0] != p[1]))
            throw v.Fault("a transposed convolution that differs from side to side is not supported");
        long groups = v.Node.Int("group", 1);
        var inputs = new Width(weight.Dims[0], "channels");
        var outputs = new Width(weight.Dims[1] * groups, "width");
        Code construct = Code.Of($"ConvTranspose2d({inputs}, {outputs}, {weight.Dims[2]}, {strides[0]}");
        construct = groups > 1 || bias is null || dilations[0] != 1
            ? Code.Of($"{construct}, {pads[0]}, {more[0]}, {dilations[0]}, PaddingModes.Zeros, {groups}, {(bias is null ? "false" : "true")})")
            : pads[0] + more[0] > 0 ? Code.Of($"{construct}, {pads[0]}, {more[0]})") : Code.Of($"{construct})");
        var tensors = new List<Binding> { new("weight", weight) };
        if (bias is not null)
            tensors.Add(new Binding("bias", bias));
        Layer layer = v.Translation.Layer("ConvTranspose2d", construct, "conv", v.Translation.Names.OfLayer(v.Node, weight, bias), [.. tensors]);
        return v.Make($"{layer}.forward({v.X:,})", kind: StepKind.Linear);
    }

    private static Step Functional(OperatorView v, int space, Code input, long[] strides, long[] pads, long[] dilations, long groups)
    {
        Code bias = v.Has(2) ? Code.Of($"{v.In(2):,}") : Code.Of($"null");
        return v.Make($"functional.conv{space}d({input}, {v.In(1):,}, {bias}, new long[] {{ {strides} }}, new long[] {{ {pads} }}, new long[] {{ {dilations} }}, {groups})");
    }

    private static Step Pool(OperatorView v, string function)
    {
        long[] kernel = v.Node.Ints("kernel_shape") ?? throw v.Fault("its window is not said");
        if (kernel.Length != 2 || v.Node.Outputs.Count > 1)
            throw v.Fault("only windows over height and width are supported, without positions");
        long[] ones = [1, 1], strides = Ones(v.Node.Ints("strides"), 2), dilations = Ones(v.Node.Ints("dilations"), 2), pads = Pads(v, kernel, strides, dilations);
        if (!pads[2..].SequenceEqual(pads[..2]))
            throw v.Fault("padding that differs from side to side is not supported");
        string ceil = v.Node.Int("ceil_mode", 0) != 0 ? "true" : "false";
        if (function == "avg_pool2d")
        {
            if (!dilations.SequenceEqual(ones))
                throw v.Fault("a dilated mean is not supported");
            string count = v.Node.Int("count_include_pad", 0) != 0 || pads.All(p => p == 0) ? "true" : "false";
            return v.Make($"functional.avg_pool2d({v.X:,}, {Pair(kernel)}, {Pair(strides)}, {Pair(pads)}, {ceil}, {count})");
        }
        return v.Make($"functional.max_pool2d({v.X:,}, {Pair(kernel)}, {Pair(strides)}, {Pair(pads)}, {Pair(dilations)}, {ceil})");
    }

    private static Step BatchNorm(OperatorView v)
    {
        int rank = v.Rank(v.X);
        WeightSource scale = v.Source(1, "scale"), shift = v.Source(2, "shift"), mean = v.Source(3, "mean"), variance = v.Source(4, "variance");
        if (rank is < 2 or > 4)
            throw v.Fault($"an input of {rank} axes is not supported");
        string type = rank == 4 ? "BatchNorm2d" : "BatchNorm1d";
        Layer layer = v.Translation.Layer(type, Code.Of($"{type}({new Width(scale.Dims[0], "channels")}, {(double)v.Node.Float("epsilon", 1e-5f)})"), "norm", v.Translation.Names.OfLayer(v.Node, scale, shift, mean),
            new Binding("weight", scale), new Binding("bias", shift), new Binding("running_mean", mean), new Binding("running_var", variance));
        return v.Make($"{layer}.forward({v.X:,})");
    }

    private static Step GroupNorm(OperatorView v, long groups)
    {
        WeightSource scale = v.Source(1, "scale"), shift = v.Source(2, "shift");
        if (v.Shape(v.X)[1] is not { IsConstant: true } channels || channels.Value != scale.Dims[0])
            throw v.Fault("a scale for each group, not for each channel, is not supported");
        Layer layer = v.Translation.Layer("GroupNorm", Code.Of($"GroupNorm({groups}, {new Width(channels.Value, "channels")}, {(double)v.Node.Float("epsilon", 1e-5f)})"), "norm", v.Translation.Names.OfLayer(v.Node, scale, shift),
            new Binding("weight", scale), new Binding("bias", shift));
        return v.Make($"{layer}.forward({v.X:,})");
    }

    private static long[] Pads(OperatorView v, long[] kernel, long[] strides, long[] dilations)
    {
        string auto = v.Node.Text("auto_pad", "NOTSET");
        if (auto is "NOTSET" or "VALID")
            return auto == "VALID" ? new long[2 * kernel.Length] : v.Node.Ints("pads") ?? new long[2 * kernel.Length];
        var shape = v.Shape(v.X);
        var pads = new long[2 * kernel.Length];
        for (int i = 0; i < kernel.Length; i++)
        {
            if (!shape[i + 2].IsConstant)
                throw v.Fault($"auto_pad {auto} of an open size is not supported");
            long length = shape[i + 2].Value, outputs = (length + strides[i] - 1) / strides[i];
            long total = Math.Max(0, ((outputs - 1) * strides[i]) + ((kernel[i] - 1) * dilations[i]) + 1 - length);
            pads[i] = auto == "SAME_LOWER" ? total - (total / 2) : total / 2;
            pads[i + kernel.Length] = total - pads[i];
        }
        return pads;
    }

    private static long[] Ones(long[]? given, int count) => given ?? [.. Enumerable.Repeat(1L, count)];

    private static string Size(long[] sizes) => sizes.All(s => s == sizes[0]) ? Plain(sizes[0]) : Pair(sizes);

    private static string Pair(long[] sizes) => $"({Plain(sizes[0])}, {Plain(sizes[1])})";

    private static string Plain(long size) => size.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
