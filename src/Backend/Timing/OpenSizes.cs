using SiDT.Frontend;
using SiDT.Frontend.Schema;

namespace SiDT.Backend.Timing;

/// <summary>Numbers for sizes that a model leaves open, read off inputs.</summary>
internal static class OpenSizes
{
    /// <summary>For each open size of the graph's inputs what <paramref name="feeds"/> have there; named as cost models name them.</summary>
    public static IReadOnlyDictionary<string, long> Of(Graph graph, IReadOnlyDictionary<string, Tensor> feeds)
    {
        var sizes = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (Value input in graph.Inputs)
        {
            if (input.Info?.Type?.TensorType?.Shape is not { } shape || !feeds.TryGetValue(input.Name, out Tensor? tensor) || tensor.Rank != shape.Dim.Count)
                continue;
            for (int i = 0; i < shape.Dim.Count; i++)
            {
                TensorShapeProto.Types.Dimension dim = shape.Dim[i];
                if (!dim.HasDimValue || dim.DimValue < 0)
                    sizes[dim.HasDimParam && dim.DimParam.Length > 0 ? dim.DimParam : $"{input.Name}.{i}"] = tensor.Dims[i];
            }
        }
        return sizes;
    }
}
