using SiDT.Frontend.Schema;

namespace SiDT.Frontend.Reading;

/// <summary>ONNX bytes to a <see cref="Model"/>.</summary>
public static class ModelReader
{
    /// <summary>Reads a model file; external data beside it is mapped, not loaded.</summary>
    /// <exception cref="ModelError">The file is not a readable ONNX model.</exception>
    public static Model Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return FromProto(ModelProto.Parser.ParseFrom(stream), path);
    }

    public static Model FromProto(ModelProto proto, string? path = null)
    {
        GraphProto graph = proto.Graph ?? throw new ModelError("the model has no graph");
        proto.Graph = Header(graph);
        var model = new Model(proto) { Path = path };
        GraphReader.Fill(model.Graph, graph, path is null ? null : Path.GetDirectoryName(Path.GetFullPath(path)));
        return model;
    }

    internal static GraphProto Header(GraphProto graph)
    {
        var header = new GraphProto();
        if (graph.HasName)
            header.Name = graph.Name;
        if (graph.HasDocString)
            header.DocString = graph.DocString;
        header.QuantizationAnnotation.AddRange(graph.QuantizationAnnotation);
        header.MetadataProps.AddRange(graph.MetadataProps);
        return header;
    }
}
