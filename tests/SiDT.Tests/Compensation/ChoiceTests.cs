using SiDT.Frontend;
using SiDT.Frontend.Functions;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation;
using SiDT.Passes.Importance;
using SiDT.Passes.Normalization;
using SiDT.Runtime;
using SiDT.Tests.MiniZoo;
using Xunit;

namespace SiDT.Tests.Compensation;

/// <summary>Which units go is decided by what the tokens that the outputs read have of them, more than what is fitted to those that stay.</summary>
public sealed class ChoiceTests
{
    private const int Rows = 8, Tokens = 10, Read = 3, Batches = 24;
    private static readonly SessionSettings s_session = new(Threads: 1, Optimize: false);

    // unit 0 stirs at the token that is read and nowhere else, unit 1 at all others: variances that count eight and two tenths, not three and seven as for a fit
    [Theory]
    [InlineData(1, 1)]
    [InlineData(0.7f, 1)] // 0.8 x 0.49 is more than 0.2
    [InlineData(0.3f, 0)] // 0.8 x 0.09 is less
    public void The_unit_stays_that_does_more_for_the_token_that_is_read(float scale, int going)
    {
        Model model = FunctionInliner.Inline(Make());
        GraphAnalysis analysis = new DimensionFinder().Run(new Normalizer().Run(model).Graph);
        Dimension hidden = analysis.Dimensions.Single(d => !d.IsFrozen);
        using var compensator = new Compensator(analysis, new MagnitudeCriterion().Score(analysis), Samples(scale), Rows, new CompensationOptions { Guard = false, Steps = false, LastLayer = false }, s_session);

        CompensationResult result = compensator.Run(new Dictionary<Dimension, int> { [hidden] = 1 });

        Assert.Equal([going], result.Selection.Removed[hidden].Single());
    }

    private static Model Make()
    {
        var g = new GraphBuilder(new Spelling { Opset = 17 });
        string hidden = g.Op("Relu", g.MatMul(g.Input("x", [Rows, Tokens, 2]), g.Weight("in", 1, 2, 2)));
        g.Output(g.Gather(g.MatMul(hidden, g.Weight("out", 1, 2, 2)), Read, 1), "y", Rows, 2);
        Model model = g.Build();
        foreach (string name in new[] { "in", "out" })
            model.Graph.Find(name)!.Initializer = Tensor.Of([1f, 0, 0, 1], 2, 2);
        return model;
    }

    private static IReadOnlyDictionary<string, Tensor>[] Samples(float scale)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, Batches).Select(_ => new Dictionary<string, Tensor> { ["x"] = Tensor.Of(Batch(), Rows, Tokens, 2) })];

        float[] Batch()
        {
            var x = new float[Rows * Tokens * 2];
            Array.Fill(x, 1);
            for (int i = 0; i < x.Length; i += 2)
            {
                bool isRead = i / 2 % Tokens == Read;
                x[i + (isRead ? 0 : 1)] += (isRead ? scale : 1) * (random.NextSingle() - 0.5f);
            }
            return x;
        }
    }
}
