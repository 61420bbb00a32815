using SiDT.Frontend;
using SiDT.Frontend.Writing;
using SiDT.Tests.MiniZoo.Parts;
using Xunit;

namespace SiDT.Tests.MiniZoo.Reference;

/// <summary>ONNX Runtime computes what the definition of a transformer block says.</summary>
public class ReferenceTests
{
    private const int Embed = 12, Hidden = 20, Heads = 3, Qk = 4, V = 5, Tokens = 6;

    [Theory]
    [InlineData(Norm.Layer)]
    [InlineData(Norm.LayerDecomposed)]
    [InlineData(Norm.LayerOfSquares)]
    [InlineData(Norm.LayerTensorFlow)]
    public void A_block_gives_what_plain_loops_in_64_bits_give(Norm norm)
    {
        var g = new GraphBuilder(new Spelling { Norm = norm });
        string y = Blocks.PreNorm(g, g.Input("x", [1, Tokens, Embed]), "b", new AttentionPlan(Embed, Heads, Qk, V, Tokens), Hidden);
        g.Output(y, "y", -1, Tokens, Embed);
        Model model = g.Build();

        var reference = new ReferenceBlock { Embed = Embed, Hidden = Hidden, Heads = Heads, Qk = Qk, V = V, Layer = name => Stored(model, name) };
        double[] input = RunMiniZoo.Values(g.Inputs[0], 5);
        double[,] expected = reference.Run(AsMatrix(input));
        double[] found = RunMiniZoo.Run(ModelWriter.ToBytes(model), g.Inputs)["y"];

        Assert.True(RunMiniZoo.Distance([.. expected.Cast<double>()], found) < 2e-6);
    }

    [Theory]
    [InlineData(0.5, 0.5204998778130465)]
    [InlineData(-1, -0.8427007929497149)]
    [InlineData(3, 0.9999779095030014)]
    public void The_error_function_is_right(double x, double expected) => Assert.Equal(expected, ErrorFunction.Erf(x), 12);

    private static (float[] Weight, float[] Bias) Stored(Model model, string name)
    {
        string path = name.StartsWith("norm", StringComparison.Ordinal) ? $"b.{name}" : name.StartsWith("fc", StringComparison.Ordinal) ? $"b.mlp.{name}" : $"b.attn.{name}";
        float[] Of(string part) => model.Graph.Find($"{path}.{part}")!.Initializer!.ToFloats();
        return (Of("weight"), Of("bias"));
    }

    private static double[,] AsMatrix(double[] values)
    {
        var result = new double[Tokens, Embed];
        for (int i = 0; i < values.Length; i++)
            result[i / Embed, i % Embed] = (float)values[i];
        return result;
    }
}
