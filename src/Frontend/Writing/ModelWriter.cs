using Google.Protobuf;
using SiDT.Frontend.Reading;
using SiDT.Frontend.Schema;

namespace SiDT.Frontend.Writing;

/// <summary>
/// A <see cref="Model"/> to ONNX bytes. Tensor bytes go from where they are straight to the file. A model that has its
/// tensors in other files, or does not fit into 2 GB, gets one file beside it named after it: <c>small.onnx.data</c>.
/// </summary>
public static class ModelWriter
{
    private const int BufferSize = 1 << 20;

    /// <summary>The most that protobuf allows in one message.</summary>
    private const long LargestMessage = int.MaxValue;

    /// <summary>Writes a model file: completely, or not at all.</summary>
    /// <exception cref="OutputError">It cannot be written there; what was there before is untouched.</exception>
    public static void Write(Model model, string path) => Write(model, path, LargestMessage);

    /// <summary>The whole model as one message with all tensors inside (at most 2 GB). Tensor bytes are shared, not copied.</summary>
    public static ModelProto ToProto(Model model) => ToProto(model, new TensorPlacement());

    /// <summary>The serialised model with all tensors inside.</summary>
    /// <exception cref="OutputError">That would be more than 2 GB.</exception>
    public static byte[] ToBytes(Model model)
    {
        using var placement = new PassingPlacement();
        ModelProto? proto = TensorBytes(model.Graph) > Array.MaxLength ? null : ToProto(model, placement);
        int size = proto?.CalculateSize() ?? -1;
        if (size < 0 || size > Array.MaxLength)
            throw new OutputError("the model is larger than 2 GB and does not fit into memory as one piece; write it to a file with external data");
        var bytes = new byte[size];
        using var output = new CodedOutputStream(bytes);
        proto!.WriteTo(output);
        return bytes;
    }

    internal static void Write(Model model, string path, long largest)
    {
        string target = Target(path);
        try
        {
            using var placement = new PassingPlacement();
            if (!model.HasExternalData && TensorBytes(model.Graph) <= largest && ToProto(model, placement) is var proto && proto.CalculateSize() is >= 0 and int size && size <= largest)
                WriteWhole(proto, target);
            else
                WriteSplit(model, target, largest);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new OutputError($"'{path}' cannot be written ({e.Message.TrimEnd('.')}); check the folder, its permissions and the space on the disk", e);
        }
    }

    private static void WriteWhole(ModelProto proto, string target)
    {
        using var file = new TemporaryFile(target);
        Write(proto, file);
        file.Place();
    }

    private static void WriteSplit(Model model, string target, long largest)
    {
        string dataTarget = target + ".data";
        using var data = new TemporaryFile(dataTarget);
        var placement = new ExternalPlacement(data.Stream, Path.GetFileName(dataTarget), all: InnerBytes(model.Graph) > largest || !model.HasExternalData);
        ModelProto proto = ToProto(model, placement);
        if (proto.CalculateSize() is int size && (size < 0 || size > LargestMessage))
            throw new OutputError($"'{target}' cannot be written: it is larger than 2 GB even without its initializers; turn large Constant nodes into initializers");
        data.Complete();
        using var file = new TemporaryFile(target);
        Write(proto, file);
        if (!placement.IsUsed)
        {
            file.Place();
            return;
        }
        try
        {
            data.Place(revocable: true);
            file.Place();
        }
        catch
        {
            data.Revoke();
            throw;
        }
    }

    private static void Write(ModelProto proto, TemporaryFile file)
    {
        using (var output = new CodedOutputStream(file.Stream, BufferSize, leaveOpen: true))
            proto.WriteTo(output);
        file.Complete();
    }

    private static ModelProto ToProto(Model model, TensorPlacement placement)
    {
        ModelProto proto = model.Source.Clone();
        placement.PlaceAll(proto.Functions.SelectMany(MessageTensors.Of));
        placement.PlaceAll(proto.TrainingInfo.SelectMany(MessageTensors.Of));
        proto.Graph = new GraphWriter(placement).Write(model.Graph);
        return proto;
    }

    /// <summary>Bytes of all initializers, bodies included.</summary>
    private static long TensorBytes(Graph graph) => Tensors(graph).Sum(t => t.Storage.Length);

    /// <summary>Bytes of all initializers that were not in another file.</summary>
    private static long InnerBytes(Graph graph) => Tensors(graph).Where(t => t.Origin != TensorOrigin.External).Sum(t => t.Storage.Length);

    private static IEnumerable<Tensor> Tensors(Graph graph) =>
        graph.Initializers.Select(v => v.Initializer!).Concat(graph.Nodes.SelectMany(n => n.Subgraphs.Values).SelectMany(Tensors));

    /// <summary>Where the file really goes: a link stays and what it leads to is replaced.</summary>
    private static string Target(string path)
    {
        if (string.IsNullOrWhiteSpace(path) || path.Contains('\0'))
            throw new OutputError($"'{path.Replace("\0", "\\0", StringComparison.Ordinal)}' is no path of a file; give one");
        try
        {
            string target = RealPath.Of(path);
            if (Directory.Exists(target))
                throw new OutputError($"'{path}' is a folder and cannot be written as a file; give the path of a file");
            if (!Directory.Exists(Path.GetDirectoryName(target)))
                throw new OutputError($"'{path}' cannot be written because its folder does not exist; create it");
            if (IsDevice(target))
                throw new OutputError($"'{path}' is a device and not a file that can be replaced; give the path of a file");
            return target;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OutputError($"'{path}' cannot be written ({e.Message.TrimEnd('.')}); check the path", e);
        }
    }

    private static bool IsDevice(string path) =>
        !OperatingSystem.IsWindows() && !path.StartsWith("/dev/shm/", StringComparison.Ordinal)
        && (path.StartsWith("/dev/", StringComparison.Ordinal) || path.StartsWith("/proc/", StringComparison.Ordinal) || path.StartsWith("/sys/", StringComparison.Ordinal));
}
