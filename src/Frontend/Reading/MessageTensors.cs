using SiDT.Frontend.Schema;

namespace SiDT.Frontend.Reading;

/// <summary>Every tensor message inside another message, bodies and sparse tensors included.</summary>
internal static class MessageTensors
{
    public static IEnumerable<TensorProto> Of(TrainingInfoProto training) => Of(training.Initialization).Concat(Of(training.Algorithm));

    public static IEnumerable<TensorProto> Of(FunctionProto function) =>
        function.Node.SelectMany(n => n.Attribute).Concat(function.AttributeProto).SelectMany(Of);

    public static IEnumerable<TensorProto> Of(GraphProto? graph)
    {
        if (graph is null)
            return [];
        return graph.Initializer
            .Concat(graph.SparseInitializer.SelectMany(Of))
            .Concat(graph.Node.SelectMany(n => n.Attribute).SelectMany(Of));
    }

    public static IEnumerable<TensorProto> Of(AttributeProto attribute)
    {
        if (attribute.T is not null)
            yield return attribute.T;
        foreach (TensorProto tensor in attribute.Tensors)
            yield return tensor;
        foreach (TensorProto tensor in Of(attribute.SparseTensor))
            yield return tensor;
        foreach (TensorProto tensor in attribute.SparseTensors.SelectMany(Of))
            yield return tensor;
        foreach (TensorProto tensor in Of(attribute.G))
            yield return tensor;
        foreach (TensorProto tensor in attribute.Graphs.SelectMany(Of))
            yield return tensor;
    }

    public static IEnumerable<TensorProto> Of(SparseTensorProto? sparse)
    {
        if (sparse?.Values is not null)
            yield return sparse.Values;
        if (sparse?.Indices is not null)
            yield return sparse.Indices;
    }
}
