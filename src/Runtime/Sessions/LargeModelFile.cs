using Google.Protobuf;
using SiDT.Frontend;
using SiDT.Frontend.Schema;
using SiDT.Frontend.Writing;

namespace SiDT.Runtime;

/// <summary>
/// A model that is too large for one message, written for ONNX Runtime to a folder of its own with the weights beside it.
/// The folder goes when this object does.
/// </summary>
internal sealed class LargeModelFile : IDisposable
{
    /// <summary>A message may have 2 GiB; this leaves room for the nodes.</summary>
    public const long Limit = 1900L << 20;

    private const int SmallTensor = 1024;
    private const string DataFile = "weights.bin";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sidt-model-");

    public LargeModelFile(Model model)
    {
        try
        {
            Write(model);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Path => System.IO.Path.Combine(_folder.FullName, "model.onnx");

    /// <summary>Bytes of all initializers of the main graph.</summary>
    public static long SizeOf(Model model) => model.Graph.Initializers.Sum(v => v.Initializer!.Storage.Length);

    public void Dispose()
    {
        if (_folder.Exists)
            _folder.Delete(recursive: true);
    }

    private void Write(Model model)
    {
        Model copy = model.Clone();
        var moved = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (Value value in copy.Graph.Initializers)
        {
            Tensor tensor = value.Initializer!;
            if (tensor.Storage.Length <= SmallTensor || tensor.Type == ElementType.String)
                continue;
            moved.Add(value.Name, tensor);
            value.Initializer = new Tensor(tensor.Type, tensor.Dims, new ManagedStorage(ReadOnlyMemory<byte>.Empty), tensor.Source);
        }
        ModelProto proto = ModelWriter.ToProto(copy);
        using FileStream data = File.Create(System.IO.Path.Combine(_folder.FullName, DataFile));
        foreach (TensorProto tensor in proto.Graph.Initializer)
        {
            if (!moved.TryGetValue(tensor.Name, out Tensor? content))
                continue;
            tensor.ClearRawData();
            tensor.DataLocation = TensorProto.Types.DataLocation.External;
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = DataFile });
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = data.Position.ToString() });
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = content.Storage.Length.ToString() });
            data.Write(content.Bytes);
        }
        using FileStream stream = File.Create(Path);
        proto.WriteTo(stream);
    }
}
