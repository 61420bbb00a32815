using SiDT.Tests.MiniZoo.Parts;

namespace SiDT.Tests.MiniZoo.Networks;

/// <summary>Convolutional networks and stems with few channels on a 12x12 image.</summary>
public static class ConvNets
{
    public static string Pixels(GraphBuilder g, int size = 12) => g.Input("pixel_values", [2, 3, size, size]);

    public static string ConvNorm(GraphBuilder g, string x, string name, int inputs, int outputs, int kernel, int stride = 1, int groups = 1) =>
        g.BatchNorm(g.Conv(x, name + ".conv", inputs, outputs, kernel, stride, kernel / 2, groups, bias: false), name + ".bn", outputs);

    public static void Classified(GraphBuilder g, string map, int width, int classes = 7) =>
        g.Output(Linears.Apply(g, Blocks.Averaged(g, map), "head", width, classes, 0), "logits", -1, classes);

    /// <summary>Bottlenecks: three convolutions around a stream of channels.</summary>
    public static void Bottlenecks(GraphBuilder g, int groups = 1, int stream = 10, int inner = 6)
    {
        string x = g.Op("Relu", ConvNorm(g, Pixels(g), "stem", 3, stream, 3, 2));
        for (int i = 0; i < 2; i++)
        {
            using IDisposable scope = g.Scope($"layers.{i}");
            string y = g.Op("Relu", ConvNorm(g, x, "conv1", stream, inner, 1));
            y = g.Op("Relu", ConvNorm(g, y, "conv2", inner, inner, 3, 1, groups));
            x = g.Op("Relu", g.Add(x, ConvNorm(g, y, "conv3", inner, stream, 1)));
        }
        Classified(g, x, stream);
    }

    /// <summary>Widened, depth-wise, squeezed, narrowed; the activations of mobile networks.</summary>
    public static void InvertedResiduals(GraphBuilder g, bool squeeze)
    {
        string x = Activations.Apply(g, ConvNorm(g, Pixels(g), "stem", 3, 8, 3, 2));
        for (int i = 0; i < 2; i++)
        {
            using IDisposable scope = g.Scope($"blocks.{i}");
            string y = Activations.Apply(g, ConvNorm(g, x, "expand", 8, 14, 1));
            y = Activations.Apply(g, ConvNorm(g, y, "depthwise", 14, 14, 3, 1, 14));
            if (squeeze)
                y = Squeezed(g, y, 14, 6);
            x = g.Add(x, ConvNorm(g, y, "project", 14, 8, 1));
        }
        Classified(g, x, 8);
    }

    private static string Squeezed(GraphBuilder g, string x, int width, int inner)
    {
        string small = g.Op("Relu", g.Conv(g.ReduceMean(x, true, 2, 3), "se.reduce", width, inner, 1));
        return g.Mul(x, g.Op("Sigmoid", g.Conv(small, "se.expand", inner, width, 1)));
    }

    /// <summary>Depth-wise convolutions, norms over channels, two matrices with channels last.</summary>
    public static void ConvNext(GraphBuilder g)
    {
        string x = Blocks.ChannelNorm(g, g.Conv(Pixels(g), "stem", 3, 10, 2, 2), "stem.norm", 10);
        x = Stage(g, x, "stages.0", 10, 22);
        x = g.Conv(Blocks.ChannelNorm(g, x, "downsample.norm", 10), "downsample", 10, 14, 2, 2);
        Classified(g, Stage(g, x, "stages.1", 14, 26), 14);

        static string Stage(GraphBuilder g, string x, string name, int width, int hidden)
        {
            using IDisposable scope = g.Scope(name);
            string y = g.Transpose(g.Conv(x, "dwconv", width, width, 3, 1, 1, width), 0, 2, 3, 1);
            y = Linears.Apply(g, Norms.Apply(g, y, "norm", width), "pwconv1", width, hidden, -1);
            y = Linears.Apply(g, Activations.Apply(g, y), "pwconv2", hidden, width, -1);
            return g.Add(x, g.Transpose(g.Mul(y, g.Weight("gamma", 0.8, width)), 0, 3, 1, 2));
        }
    }

    /// <summary>Grouped pointwise convolutions with the channels of the groups shuffled between them.</summary>
    public static void ChannelShuffle(GraphBuilder g)
    {
        string x = g.Op("Relu", ConvNorm(g, Pixels(g), "stem", 3, 8, 3, 2));
        using (g.Scope("block"))
        {
            string y = g.Op("Relu", ConvNorm(g, x, "first", 8, 12, 1, 1, 2));
            y = g.Reshape(g.Transpose(g.Reshape(y, 0, 2, 6, 6, 6), 0, 2, 1, 3, 4), 0, 12, 6, 6);
            y = ConvNorm(g, y, "depthwise", 12, 12, 3, 1, 12);
            x = g.Op("Relu", g.Add(x, ConvNorm(g, y, "last", 12, 8, 1, 1, 2)));
        }
        Classified(g, x, 8);
    }

    /// <summary>Tokens mixed by an average of neighbours; norm of one group over the whole map.</summary>
    public static void PoolFormer(GraphBuilder g)
    {
        string x = g.Conv(Pixels(g), "patch_embed", 3, 10, 4, 4);
        using (g.Scope("block"))
        {
            string normed = GroupNorm(g, x, "norm1", 10);
            string pooled = g.Op("AveragePool", [normed], ("kernel_shape", new long[] { 3, 3 }), ("pads", new long[] { 1, 1, 1, 1 }), ("strides", new long[] { 1, 1 }));
            x = g.Add(x, g.Sub(pooled, normed));
            string y = Activations.Apply(g, g.Conv(GroupNorm(g, x, "norm2", 10), "mlp.fc1", 10, 18, 1));
            x = g.Add(x, g.Conv(y, "mlp.fc2", 18, 10, 1));
        }
        Classified(g, x, 10);
    }

    /// <summary>One group, as it was exported before there was a node for it.</summary>
    private static string GroupNorm(GraphBuilder g, string x, string name, int width)
    {
        string flat = g.Op("Reshape", x, g.Constant(0, 1, -1));
        string ones = g.Initializer("group_norm.one", SiDT.Frontend.Tensor.Of([1f], 1)), zeros = g.Initializer("group_norm.zero", SiDT.Frontend.Tensor.Of([0f], 1));
        string normed = g.Op("Reshape", g.Op("InstanceNormalization", flat, ones, zeros), g.Op("Shape", x));
        float[] gain = g.Numbers.Normal(g.Path(name + ".weight"), width, 0.2, 1);
        return g.Add(g.Mul(normed, g.Weight(name + ".weight", gain, width, 1, 1)), g.Weight(name + ".bias", 0.25, width, 1, 1));
    }
}
