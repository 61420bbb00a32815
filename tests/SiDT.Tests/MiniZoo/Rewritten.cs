using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using SiDT.Frontend;
using SiDT.Frontend.Schema;

namespace SiDT.Tests.MiniZoo;

/// <summary>What other programs do to a model after its export.</summary>
public static class Rewritten
{
    /// <summary>Saved by ONNX Runtime after graph optimizations of a level that any machine can load again.</summary>
    public static ModelProto ByTheRuntime(ModelProto proto, GraphOptimizationLevel level)
    {
        string path = Path.GetTempFileName();
        using (var options = new SessionOptions { GraphOptimizationLevel = level, OptimizedModelFilePath = path, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR })
            new InferenceSession(proto.ToByteArray(), options).Dispose();
        ModelProto optimized = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        File.Delete(path);
        return optimized;
    }

    /// <summary>With type and shape noted for every value that a node of the main graph makes; extents that follow the batch stay open.</summary>
    public static ModelProto WithShapes(ModelProto proto, IReadOnlyList<InputRange> inputs)
    {
        ModelProto open = proto.Clone();
        HashSet<string> outputs = [.. proto.Graph.Output.Select(o => o.Name)];
        string[] inner = [.. proto.Graph.Node.SelectMany(n => n.Output).Where(o => o.Length > 0 && !outputs.Contains(o))];
        open.Graph.Output.AddRange(inner.Select(name => new ValueInfoProto { Name = name }));
        bool dynamic = proto.Graph.Input[0].Type.TensorType.Shape.Dim[0].HasDimParam;
        Dictionary<string, (ElementType Type, long[] Dims)> two = ShapesOf(open, inputs, 2), three = dynamic ? ShapesOf(open, inputs, 3) : two;
        proto.Graph.ValueInfo.AddRange(inner.Select(name =>
        {
            ValueInfoProto info = GraphBuilder.Info(name, two[name].Type, two[name].Dims);
            for (int i = 0; i < two[name].Dims.Length; i++)
            {
                if (two[name].Dims[i] != three[name].Dims[i])
                    info.Type.TensorType.Shape.Dim[i] = new TensorShapeProto.Types.Dimension { DimParam = i == 0 && two[name].Dims[i] == 2 ? "batch" : $"{name}_dim_{i}" };
            }
            return info;
        }));
        return proto;
    }

    private static Dictionary<string, (ElementType Type, long[] Dims)> ShapesOf(ModelProto proto, IReadOnlyList<InputRange> inputs, int batch)
    {
        using var options = new SessionOptions { GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using var session = new InferenceSession(proto.ToByteArray(), options);
        using var run = new RunOptions();
        OrtValue[] feeds = [.. inputs.Select(i => RunMiniZoo.Feed(i with { Shape = [batch, .. i.Shape[1..]] }, 1))];
        using IDisposableReadOnlyCollection<OrtValue> values = session.Run(run, [.. inputs.Select(i => i.Name)], feeds, session.OutputNames);
        var result = new Dictionary<string, (ElementType, long[])>();
        foreach ((string name, OrtValue value) in session.OutputNames.Zip(values))
        {
            OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
            result[name] = ((ElementType)(int)info.ElementDataType, info.Shape);
        }
        foreach (OrtValue feed in feeds)
            feed.Dispose();
        return result;
    }
}
