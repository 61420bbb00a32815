using SiDT.Frontend;

namespace SiDT.Tests.MiniZoo.Parts;

/// <summary>A linear layer on tokens [batch, tokens, inputs], or on rows [batch, inputs] when tokens is 0.</summary>
public static class Linears
{
    public static string Apply(GraphBuilder g, string x, string name, int inputs, int outputs, int tokens, bool bias = true, double gain = 1.2) =>
        Apply(g, x, name, g.MatrixNumbers(name + ".weight", inputs, outputs, gain), bias ? g.BiasNumbers(name + ".bias", outputs) : null, tokens);

    /// <summary>The layer with given numbers (packed projections), in the words of the spelling.</summary>
    public static string Apply(GraphBuilder g, string x, string name, Matrix weight, Matrix? bias, int tokens)
    {
        string? b = bias is null ? null : g.Weight(name + ".bias", bias.Data, bias.Columns);
        if (g.Spelling.Storage == Storage.QuantizedFully)
            x = FakeQuantized(g, x);
        if (tokens == 0)
            return Rows(g, x, name, weight, b);
        switch (g.Spelling.Linear)
        {
            case Linear.BiasFirst:
                return b is null ? Product(g, x, name, weight) : g.Add(b, Product(g, x, name, weight));
            case Linear.Gemm or Linear.GemmTransposed:
                string flat = g.Op("Reshape", x, g.Constant(-1, weight.Rows));
                return g.Reshape(Rows(g, flat, name, weight, b), -1, tokens, weight.Columns);
            case Linear.Convolution:
                return Pointwise(g, x, name, weight, b);
            case Linear.LeftMultiplied:
                string left = g.MatMul(g.Kernel(name + ".weight", weight.Transposed().Data, [weight.Columns, weight.Rows]), g.Transpose(x, 0, 2, 1));
                return g.Transpose(bias is null ? left : g.Add(left, g.Weight(name + ".column", bias.Data, bias.Columns, 1)), 0, 2, 1);
            case Linear.Einsum:
                return Biased(g, g.Einsum("btd,df->btf", x, Stored(g, name, weight)), b);
            case Linear.FusedMatMul:
                Matrix doubled = weight.Times(2).Transposed();
                string wide = g.Kernel(name + ".weight", doubled.Data, [doubled.Rows, doubled.Columns]);
                return Biased(g, g.Ms("FusedMatMul", [x, wide], ("alpha", 0.5f), ("transB", 1)), b);
            case Linear.MatMulNBits:
                return Biased(g, FourBits(g, x, name, weight), b);
            default:
                return Biased(g, Product(g, x, name, weight), b);
        }
    }

    /// <summary>Gemm on rows; TensorFlow and plain spellings keep MatMul.</summary>
    private static string Rows(GraphBuilder g, string x, string name, Matrix weight, string? b)
    {
        if (g.Spelling.Linear == Linear.Gemm)
            return g.Op("Gemm", b is null ? [x, Stored(g, name, weight)] : [x, Stored(g, name, weight), b]);
        string transposed = g.Kernel(name + ".weight", weight.Transposed().Data, [weight.Columns, weight.Rows]);
        return g.Op("Gemm", b is null ? [x, transposed] : [x, transposed, b], ("alpha", 1f), ("beta", 1f), ("transB", 1));
    }

    private static string Product(GraphBuilder g, string x, string name, Matrix weight) => g.MatMul(x, Stored(g, name, weight));

    private static string Stored(GraphBuilder g, string name, Matrix weight) =>
        g.Kernel(name + ".weight", weight.Data, [weight.Rows, weight.Columns], outputAxis: 1);

    private static string Biased(GraphBuilder g, string x, string? b) => b is null ? x : g.Add(x, b);

    private static string Pointwise(GraphBuilder g, string x, string name, Matrix weight, string? b)
    {
        string kernel = g.Kernel(name + ".weight", weight.Transposed().Data, [weight.Columns, weight.Rows, 1, 1]);
        string channels = g.Unsqueeze(g.Transpose(x, 0, 2, 1), 3);
        string y = g.Op("Conv", b is null ? [channels, kernel] : [channels, kernel, b], ("kernel_shape", new long[] { 1, 1 }));
        return g.Transpose(g.Squeeze(y, 3), 0, 2, 1);
    }

    /// <summary>Four bits for each weight, one scale for every sixteen inputs of an output.</summary>
    private static string FourBits(GraphBuilder g, string x, string name, Matrix weight)
    {
        const int block = 16;
        int blocks = (weight.Rows + block - 1) / block;
        var packed = new long[weight.Columns * blocks * (block / 2)];
        var scales = new float[weight.Columns * blocks];
        for (int n = 0; n < weight.Columns; n++)
        {
            for (int k = 0; k < blocks * block; k++)
            {
                int scale = (n * blocks) + (k / block);
                if (k % block == 0)
                    scales[scale] = Enumerable.Range(k, block).Max(i => i < weight.Rows ? Math.Abs(weight[i, n]) : 0) / 7 + 1e-6f;
                long bits = k < weight.Rows ? (long)MathF.Round(weight[k, n] / scales[scale]) + 8 : 8;
                packed[(scale * (block / 2)) + (k % block / 2)] |= bits << (k % 2 * 4);
            }
        }
        string path = g.Path(name);
        string bytes = g.Initializer(path + ".qweight", Tensor.FromInt64s(ElementType.UInt8, packed, weight.Columns, blocks, block / 2));
        string scaling = g.Initializer(path + ".scales", Tensor.Of(scales.AsSpan(), scales.Length));
        return g.Ms("MatMulNBits", [x, bytes, scaling], ("K", weight.Rows), ("N", weight.Columns), ("bits", 4), ("block_size", block));
    }

    private static string FakeQuantized(GraphBuilder g, string x)
    {
        string scale = g.Constant(Tensor.Scalar(1 / 16f));
        string zero = g.Constant(Tensor.FromInt64s(ElementType.UInt8, [128]));
        return g.Op("DequantizeLinear", g.Op("QuantizeLinear", x, scale, zero), scale, zero);
    }
}
