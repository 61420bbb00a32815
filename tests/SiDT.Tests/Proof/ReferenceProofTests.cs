using SiDT.Backend.Compilation;
using SiDT.Frontend;
using SiDT.Frontend.Writing;
using SiDT.Passes.Planning;
using SiDT.Tests.MiniZoo;
using SiDT.Tests.MiniZoo.Parts;
using SiDT.Tests.MiniZoo.Reference;
using Xunit;

namespace SiDT.Tests.Proof;

/// <summary>A block without half of its units is the block that its definition makes of the weights that are left.</summary>
public class ReferenceProofTests
{
    private const int Embed = 12, Hidden = 20, Heads = 3, Qk = 4, V = 6, Tokens = 6;

    [Fact]
    public void A_cut_block_gives_what_plain_loops_in_64_bits_give_for_its_weights()
    {
        var g = new GraphBuilder(new Spelling());
        string y = Blocks.PreNorm(g, g.Input("x", [1, Tokens, Embed]), "b", new AttentionPlan(Embed, Heads, Qk, V, Tokens), Hidden);
        g.Output(y, "y", -1, Tokens, Embed);
        var options = new CompileOptions
        {
            Request = new PlanRequest { Keep = [new KeepRule("b.mlp*", 0.5), new KeepRule("qk", 0.5), new KeepRule("v", 0.5)], Align = 1 },
            Exact = false, // weights stay what they are
        };

        Model small = new Compiler(options, new StageClock()).Prune(g.Build()).Small;

        var reference = new ReferenceBlock { Embed = Embed, Hidden = Hidden / 2, Heads = Heads, Qk = Qk / 2, V = V / 2, Layer = name => Stored(small, name) };
        double[,] expected = reference.Run(AsMatrix(RunMiniZoo.Values(g.Inputs[0], 5)));
        double[] found = RunMiniZoo.Run(ModelWriter.ToBytes(small), g.Inputs)["y"];
        double distance = RunMiniZoo.Distance([.. expected.Cast<double>()], found);
        Assert.True(distance < 2e-6, $"they differ by {distance:g3}");
    }

    private static (float[] Weight, float[] Bias) Stored(Model model, string name)
    {
        string path = name.StartsWith("norm", StringComparison.Ordinal) ? $"b.{name}" : name.StartsWith("fc", StringComparison.Ordinal) ? $"b.mlp.{name}" : $"b.attn.{name}";
        // the definition divides by the root of the width that is left, the file by that of the width that was
        float factor = name == "q_proj" ? MathF.Sqrt(0.5f) : 1;
        float[] Of(string part) => [.. model.Graph.Find($"{path}.{part}")!.Initializer!.ToFloats().Select(x => x * factor)];
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
