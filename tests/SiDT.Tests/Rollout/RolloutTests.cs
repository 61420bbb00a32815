using SiDT.Backend.Hook.Lowering;
using SiDT.Frontend;
using SiDT.Frontend.Functions;
using SiDT.Frontend.Schema;
using SiDT.Passes.Rollout;
using SiDT.Runtime;
using SiDT.Tests.MiniZoo;
using SiDT.Tests.MiniZoo.Networks;
using Xunit;
using Xunit.Abstractions;

namespace SiDT.Tests.Rollout;

/// <summary>What a network looks at, by the formula of the paper and in many spellings.</summary>
public sealed class RolloutTests(ITestOutputHelper output)
{
    [Fact]
    public void The_map_of_a_class_token_is_its_row_of_the_product_of_all_layers()
    {
        var graph = new GraphBuilder(new Spelling());
        new Vit(graph, new VitPlan { Blocks = 3, Image = 16, Heads = 2 }).Write();
        double[,] rollout = Textbook(graph, tokens: 17);
        RolloutGraph rolled = new AttentionRollout().Run(graph.Build(), "pixel_values", Sizes(graph));
        double[] map = Look(rolled, graph);
        Assert.Equal((4, 4, 3), (rolled.Height, rolled.Width, rolled.Layers));
        for (int patch = 0; patch < 16; patch++)
            Assert.Equal(rollout[0, patch + 1], map[patch], 5);
    }

    [Fact]
    public void The_map_of_a_mean_over_tokens_is_the_mean_of_their_rows()
    {
        var graph = new GraphBuilder(new Spelling());
        new Vit(graph, new VitPlan { Image = 12, Pooling = Pooling.Mean }).Write();
        double[,] rollout = Textbook(graph, tokens: 9);
        double[] map = Look(new AttentionRollout().Run(graph.Build(), "pixel_values", Sizes(graph)), graph);
        for (int patch = 0; patch < 9; patch++)
            Assert.Equal(Enumerable.Range(0, 9).Average(token => rollout[token, patch]), map[patch], 5);
    }

    [Fact]
    [Trait("Category", Categories.Slow)]
    public void The_same_network_in_other_words_looks_at_the_same_patches()
    {
        var wrong = new List<string>();
        int maps = 0, compared = 0;
        foreach (IGrouping<string, MiniZooGraph> group in MiniZooGraphs.All.GroupBy(g => g.SameAs ?? g.Name))
        {
            (string Name, double[] Map)? first = null;
            foreach (MiniZooGraph graph in group)
            {
                if (Try(graph, out string why) is not { } map)
                {
                    output.WriteLine($"{graph.Name}: {why}");
                    continue;
                }
                maps++;
                double sum = map.Sum();
                if (map.Any(x => !(x >= -1e-6)) || !(sum > 0 && sum < 1.001))
                    wrong.Add($"{graph.Name}: shares sum to {sum}");
                if (first is { } other)
                {
                    compared++;
                    double distance = RunMiniZoo.Distance(other.Map, map);
                    if (distance > Math.Max(graph.Tolerance, 2e-4))
                        wrong.Add($"{graph.Name} differs from {other.Name} by {distance:0.0000}");
                }
                first ??= (graph.Name, map);
            }
        }
        output.WriteLine($"{maps} maps, {compared} compared");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(compared > 60, $"{compared} compared");
    }

    /// <summary>The formula as it is printed: the product over layers of (A + I) / 2, A the mean over heads, rows over all tokens.</summary>
    private static double[,] Textbook(GraphBuilder graph, int tokens)
    {
        ModelProto proto = graph.ToProto();
        string[] layers = [.. proto.Graph.Node.Where(n => n.OpType == "Softmax").Select(n => n.Output[0])];
        foreach (string layer in layers)
            proto.Graph.Output.Add(new ValueInfoProto { Name = layer });
        Dictionary<string, double[]> values = RunMiniZoo.Run(Google.Protobuf.MessageExtensions.ToByteArray(proto), graph.Inputs);
        var product = new double[tokens, tokens];
        for (int i = 0; i < tokens; i++)
            product[i, i] = 1;
        foreach (string layer in layers)
        {
            double[] attention = values[layer];
            int heads = attention.Length / (int)graph.Inputs[0].Shape[0] / (tokens * tokens);
            var next = new double[tokens, tokens];
            for (int i = 0; i < tokens; i++)
            {
                for (int k = 0; k < tokens; k++)
                {
                    double a = i == k ? 0.5 : 0;
                    for (int head = 0; head < heads; head++)
                        a += 0.5 / heads * attention[(((head * tokens) + i) * tokens) + k];
                    for (int j = 0; j < tokens; j++)
                        next[i, j] += a * product[k, j];
                }
            }
            product = next;
        }
        return product;
    }

    private static Dictionary<string, long[]> Sizes(GraphBuilder graph) => graph.Inputs.ToDictionary(i => i.Name, i => Shape(graph, i));

    // one picture, where the file leaves the number open
    private static long[] Shape(GraphBuilder graph, InputRange input) => graph.DynamicBatch ? [1, .. input.Shape[1..]] : input.Shape;

    private static double[]? Try(MiniZooGraph graph, out string why)
    {
        GraphBuilder builder = graph.Write();
        InputRange? picture = builder.Inputs.FirstOrDefault(i => i.Shape.Length == 4 && (i.Shape[1] is 1 or 3 || i.Shape[3] is 1 or 3));
        why = "reads no picture";
        if (picture is null)
            return null;
        try
        {
            why = "";
            return Look(new AttentionRollout().Run(Lowerings.Run(FunctionInliner.Inline(builder.Build())), picture.Name, Sizes(builder)), builder);
        }
        catch (Exception error) when (error is RolloutError or ModelError)
        {
            why = error.Message;
            return null;
        }
    }

    /// <summary>The map of the first sample, which takes all places of the batch.</summary>
    private static double[] Look(RolloutGraph rolled, GraphBuilder graph)
    {
        using Session session = Session.Open(rolled.Model);
        var feeds = new Dictionary<string, Tensor>();
        foreach (InputRange input in graph.Inputs)
        {
            long[] shape = Shape(graph, input);
            double[] values = RunMiniZoo.Values(input, 5)[..(int)shape.Aggregate(1L, (a, b) => a * b)];
            if (input.Shape.Length == 4)
            {
                int one = values.Length / (int)shape[0];
                values = [.. values.Select((_, i) => values[i % one])];
            }
            feeds[input.Name] = input.Type.IsFloating()
                ? Tensor.FromFloats(input.Type, values.Select(x => (float)x).ToArray(), shape)
                : input.Type == ElementType.Int64 ? Tensor.Of(values.Select(x => (long)x).ToArray().AsSpan(), shape) : Tensor.Of(input.Type, values.Select(x => (int)x).ToArray().AsSpan(), shape);
        }
        return [.. session.Run(feeds, [rolled.Map])[rolled.Map].ToFloats().Select(x => (double)x)];
    }
}
