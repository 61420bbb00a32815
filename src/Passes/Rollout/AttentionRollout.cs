using SiDT.Frontend;
using SiDT.Frontend.Schema;
using SiDT.Passes.Analysis;

namespace SiDT.Passes.Rollout;

/// <summary>A graph that says what its network looks at.</summary>
/// <param name="Model">The graph, for one picture of the sizes that were given.</param>
/// <param name="Map">Its output [height, width]: how much of each patch has reached what the network puts out.</param>
/// <param name="Height">Rows of patches.</param>
/// <param name="Width">Columns of patches.</param>
/// <param name="Layers">Attention that lies between the picture and the output.</param>
public sealed record RolloutGraph(Model Model, string Map, int Height, int Width, int Layers);

/// <summary>There is nothing to roll out; one sentence says why.</summary>
public sealed class RolloutError(string message) : Exception(message);

/// <summary>
/// Attention rollout (Abnar and Zuidema, Quantifying Attention Flow in Transformers, 2020): with A the mean of a layer's attention over
/// its heads, what a token holds of the patches after the layer is (A + I) / 2 times what it held before. The layers are not searched
/// for: patches are followed through the graph from the picture to the output.
/// </summary>
public sealed class AttentionRollout
{
    /// <summary>A copy of a model with one more output.</summary>
    /// <param name="model">The model, its functions inlined; fused attention has no probabilities to be read.</param>
    /// <param name="picture">The input that pictures go into, [1, channels, height, width] or [1, height, width, channels].</param>
    /// <param name="sizes">The sizes of all inputs.</param>
    /// <exception cref="RolloutError">No attention lies between the picture and the outputs, or its tokens cannot be followed.</exception>
    public RolloutGraph Run(Model model, string picture, IReadOnlyDictionary<string, long[]> sizes)
    {
        if (!sizes.TryGetValue(picture, out long[]? shape) || shape.Length != 4)
            throw new RolloutError($"'{picture}' is no picture");
        (int Height, int Width)? patches = null;
        while (true)
        {
            try
            {
                return Run(model.Clone(), picture, sizes, patches);
            }
            catch (LostTokens lost)
            {
                throw new RolloutError(lost.Message);
            }
            catch (FinerGrid finer)
            {
                patches = (finer.Height, finer.Width); // finer each time, so that this ends
            }
        }
    }

    private static RolloutGraph Run(Model model, string picture, IReadOnlyDictionary<string, long[]> sizes, (int Height, int Width)? patches)
    {
        Graph graph = model.Graph;
        foreach (Value input in graph.Inputs)
        {
            if (sizes.TryGetValue(input.Name, out long[]? dims))
                Fix(input, dims);
        }
        long[] shape = sizes[picture];
        var flow = new LabelFlow();
        flow.Run(graph);
        var math = new RelevanceGraph(graph);
        if (patches is { } grid)
            math.Settle(grid.Height, grid.Width);
        var tokens = new TokenFlow(flow, math);
        tokens.Run([.. graph.Nodes], graph.Inputs.First(i => i.Name == picture), shape[1] is 1 or 3 || shape[3] is not (1 or 3) ? 2 : 1);
        // where all tokens count alike it does not matter where they lie
        Trace?[] results = [.. graph.Outputs.Select(o => tokens.Of(o) is Mixed mixed ? new Tokens([], [], mixed.Rows, mixed.Source) : tokens.Of(o))];
        if (results.OfType<Tokens>().FirstOrDefault(t => t.Source.Layers > 0) is not { } result)
            throw new RolloutError(results.OfType<Lost>().FirstOrDefault()?.Reason ?? "no attention lies between the picture and the outputs");
        Value map = math.Map(result);
        graph.Outputs.Add(map);
        graph.Sort();
        return new RolloutGraph(model, map.Name, result.Source.Height, result.Source.Width, result.Source.Layers);
    }

    private static void Fix(Value input, long[] dims)
    {
        ValueInfoProto info = input.Info?.Clone() ?? new ValueInfoProto { Name = input.Name };
        if (info.Type?.TensorType is not { } type)
            return;
        type.Shape = new TensorShapeProto();
        type.Shape.Dim.AddRange(dims.Select(d => new TensorShapeProto.Types.Dimension { DimValue = d }));
        input.Info = info;
    }
}
