using SiDT.Frontend;
using SiDT.Frontend.Functions;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation;
using SiDT.Passes.Importance;
using SiDT.Passes.Normalization;
using SiDT.Runtime;
using SiDT.Tests.Compensation.Zoo;
using SiDT.Tests.MiniZoo;
using Xunit;

namespace SiDT.Tests.Compensation;

/// <summary>What writes values and what reads them are fitted together, so that one group can stand in for another.</summary>
public sealed class ValueRefinementTests
{
    private const int Rows = 8, Tokens = 6, Width = 12, Heads = 2, Head = 4;
    private static readonly SessionSettings s_session = new(Threads: 1, Optimize: false);

    [Theory]
    [InlineData("one product")]
    [InlineData("three products")]
    [InlineData("products of old versions")]
    public void A_head_that_attends_as_another_did_takes_over_what_that_one_carried(string spelling)
    {
        // both heads attend alike and carry two directions each, and little else: four fit into the one that is left, while a fit of its reader alone has but its own two
        (double error, double silence, string description) = ErrorOf(DimensionKind.Heads, Heads - 1, spelling, others: 0.1f);

        Assert.Contains("fits in turns", description);
        Assert.True(error < 0.02 * silence, $"{error:g3} of {silence:g3}");
    }

    [Fact]
    public void Narrower_values_of_heads_that_attend_alike_lose_less_than_by_the_best_basis_of_each()
    {
        // the best of each are not the best of both together
        (double turned, double silence, string description) = ErrorOf(DimensionKind.V, Head / 2, "one product", others: 1);
        (double alone, _, _) = ErrorOf(DimensionKind.V, Head / 2, "one product", others: 1, new CompensationOptions { LastLayer = false, Refit = false });

        Assert.Contains("fits in turns", description);
        Assert.True(turned < 0.9 * alone && alone < silence, $"{turned:g3} to {alone:g3}, of {silence:g3}");
    }

    // the error of the outputs on samples of their own, and without any attention
    private static (double Error, double Silence, string Description) ErrorOf(DimensionKind kind, int kept, string spelling, float others, CompensationOptions? options = null)
    {
        Model original = FunctionInliner.Inline(Make(spelling, others));
        Model work = new Normalizer().Run(original.Clone());
        GraphAnalysis analysis = new DimensionFinder().Run(work.Graph);
        var error = new OutputError(original, Samples(original, 2000), s_session);
        Dimension dimension = analysis.Dimensions.Single(d => d.Kind == kind);
        using var compensator = new Compensator(analysis, new MagnitudeCriterion().Score(analysis), Samples(original, 1000), Rows, options ?? new CompensationOptions { LastLayer = false }, s_session);

        CompensationResult result = compensator.Run(new Dictionary<Dimension, int> { [dimension] = kept });

        Model silent = original.Clone();
        Value projection = silent.Graph.Find("projection")!;
        projection.Initializer = Tensor.FromFloats(projection.Initializer!.Type, new float[projection.Initializer.Count], projection.Initializer.Dims);
        return (error.Of(work), error.Of(silent), result.Treatments[dimension].Description);
    }

    // attention beside a residual stream, both heads of which attend alike
    private static Model Make(string spelling, float others)
    {
        var g = new GraphBuilder(new Spelling { Opset = spelling == "products of old versions" ? 10 : 17 });
        string x = g.Input("x", [Rows, Tokens, Width]);
        float[] Query(int seed) => [.. Enumerable.Range(0, Heads).SelectMany(h => Numbers(Width * Head, seed, 0.6f))];
        float[] value = [.. Enumerable.Range(0, Heads).SelectMany(h => Values(10 + h, others))];
        string[] parts = [Weight("query", Query(1)), Weight("key", Query(5)), Weight("value", value)];
        string q, k, v;
        if (spelling == "three products")
        {
            (q, k, v) = (Split(g.MatMul(x, parts[0])), Split(g.MatMul(x, parts[1])), Split(g.Add(g.MatMul(x, parts[2]), g.Weight("value.bias", 0.3f, Heads * Head))));
        }
        else if (spelling == "products of old versions")
        {
            string rows = g.Reshape(x, Rows * Tokens, Width);
            string Product(int i) => Split(g.Op("Gemm", rows, parts[i], g.Weight($"bias{i}", i < 2 ? 0 : 0.3f, Heads * Head)));
            (q, k, v) = (Product(0), Product(1), Product(2));
        }
        else
        {
            string all = g.Add(g.MatMul(x, g.Concat(1, parts)), g.Weight("qkv.bias", [.. new float[2 * Heads * Head], .. Numbers(Heads * Head, 20, 0.3f)], 3 * Heads * Head));
            (q, k, v) = (Part(all, 0), Part(all, 1), Part(all, 2));
        }
        string weights = g.Softmax(g.MatMul(q, g.Transpose(k, 0, 1, 3, 2)));
        string mixed = g.Reshape(g.Transpose(g.MatMul(weights, v), 0, 2, 1, 3), Rows, Tokens, Heads * Head);
        g.Output(g.Add(x, g.MatMul(mixed, g.Weight("projection", 0.5f, Heads * Head, Width))), "y", Rows, Tokens, Width);
        return g.Build();

        string Part(string all, int i) => Split(g.Slice(all, 2, i * Heads * Head, (i + 1) * Heads * Head));

        string Split(string y) => g.Transpose(g.Reshape(y, Rows, Tokens, Heads, Head), 0, 2, 1, 3);

        // [heads][width, head] as [width, heads * head]
        string Weight(string name, float[] numbers)
        {
            var turned = new float[numbers.Length];
            for (int h = 0; h < Heads; h++)
            {
                for (int f = 0; f < Width; f++)
                    Array.Copy(numbers, (h * Width * Head) + (f * Head), turned, (f * Heads * Head) + (h * Head), Head);
            }
            return g.Weight(name, turned, Width, Heads * Head);
        }
    }

    // the first two directions, and so much of the others
    private static float[] Values(int seed, float others)
    {
        float[] numbers = Numbers(Width * Head, seed, 0.5f);
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] *= i % Head < 2 ? 1 : others;
        return numbers;
    }

    private static float[] Numbers(int count, int seed, float scale)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => scale * (float)((2 * random.NextDouble()) - 1))];
    }

    private static IReadOnlyDictionary<string, Tensor>[] Samples(Model model, int seed)
    {
        using Session session = Session.Open(model, s_session);
        return [.. Enumerable.Range(0, 40).Select(b => SyntheticInputs.For(session, seed + b, Rows))];
    }
}
