using Google.Protobuf;
using SiDT.Frontend.Schema;
using SiDT.Frontend.Storage;

namespace SiDT.Frontend.Reading;

/// <summary>ONNX bytes to a <see cref="Model"/>.</summary>
public static class ModelReader
{
    /// <summary>Reads a model file. Tensors, in it or in files beside it, are mapped and not loaded.</summary>
    /// <exception cref="ModelError">The file is not a readable ONNX model.</exception>
    public static Model Read(string path)
    {
        ModelError Error(string what, string remedy) => new($"'{path}': {what}; {remedy}");
        if (string.IsNullOrWhiteSpace(path) || path.Contains('\0'))
            throw Error("this is no path of a file", "give the path of a model");
        MappedFile file = ModelSource.Map(path, Error);
        if (file.Span(0, (int)Math.Min(file.Length, 64)).StartsWith("version https://git-lfs"u8))
            throw Error("this is a Git LFS pointer and not the model itself", "run 'git lfs pull'");
        var source = new ModelSource(path, file);
        try
        {
            return Build(new SkeletonReader(file, source.Slices!).Read(), source);
        }
        catch (Exception e) when (e is WireFault or InvalidProtocolBufferException)
        {
            string detail = e is WireFault ? e.Message : "its messages do not follow the format";
            throw Error($"this is not an ONNX model, or it is cut off or damaged ({detail})", "export or copy it again");
        }
    }

    /// <summary>A model from a message, which is not changed; its tensors are shared.</summary>
    /// <exception cref="ModelError">It is not a valid model.</exception>
    public static Model FromProto(ModelProto proto, string? path = null) => Build(proto.Clone(), new ModelSource(path, null));

    /// <summary>A model from its serialised form.</summary>
    /// <exception cref="ModelError">It is not a valid model.</exception>
    public static Model FromBytes(ReadOnlySpan<byte> bytes, string? path = null)
    {
        var source = new ModelSource(path, null);
        try
        {
            return Build(ModelProto.Parser.ParseFrom(bytes), source);
        }
        catch (InvalidProtocolBufferException)
        {
            throw source.Error("this is not an ONNX model, or it is cut off or damaged", "export or copy it again");
        }
    }

    /// <summary>Takes the message apart; what is not the graph stays in it as <see cref="Model.Source"/>.</summary>
    private static Model Build(ModelProto proto, ModelSource source)
    {
        ModelChecks.Check(proto, source);
        var tensors = new TensorReader(source);
        foreach (FunctionProto function in proto.Functions)
        {
            foreach (TensorProto tensor in MessageTensors.Of(function))
                tensors.Settle(tensor, $"a tensor of the function '{function.Name}'");
        }
        foreach (TensorProto tensor in proto.TrainingInfo.SelectMany(MessageTensors.Of))
            tensors.Settle(tensor, $"the tensor '{tensor.Name}' of training_info");
        var model = new Model(proto) { Path = source.Path, File = source.File };
        new GraphReader(source, tensors).Fill(model.Graph, proto.Graph);
        model.HasExternalData = tensors.SawExternal;
        return model;
    }
}
