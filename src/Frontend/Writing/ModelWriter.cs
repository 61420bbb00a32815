using Google.Protobuf;
using SiDT.Frontend.Schema;

namespace SiDT.Frontend.Writing;

/// <summary>A <see cref="Model"/> to ONNX bytes.</summary>
public static class ModelWriter
{
    public static void Write(Model model, string path)
    {
        using FileStream stream = File.Create(path);
        ToProto(model).WriteTo(stream);
    }

    /// <summary>The whole model as one message with all tensors inside (at most 2 GB).</summary>
    public static ModelProto ToProto(Model model)
    {
        ModelProto proto = model.Source.Clone();
        proto.Graph = GraphWriter.Write(model.Graph);
        return proto;
    }

    /// <summary>The serialised model.</summary>
    public static byte[] ToBytes(Model model) => ToProto(model).ToByteArray();
}
