using System.Buffers.Binary;
using Google.Protobuf;
using SiDT.Frontend.Schema;
using SiDT.Passes.Planning;

namespace SiDT.Tests.Proof;

/// <summary>
/// The original file with every slice of a plan set to zero, by plain loops over the message: the judge of last resort.
/// Shares no code with the compiler's own proof. Norm statistics over a cut width do not come out right this way.
/// </summary>
internal static class ZeroedOriginal
{
    /// <summary>Null where a slice lies in a body, a function or packed bits, which this judge does not reach.</summary>
    public static byte[]? Make(ModelProto original, IEnumerable<PlanDimension> dimensions)
    {
        ModelProto model = original.Clone();
        Dictionary<string, TensorProto> weights = Constants(model.Graph);
        foreach (PlanSlice slice in dimensions.SelectMany(d => d.Slices))
        {
            if (!weights.TryGetValue(slice.Tensor, out TensorProto? tensor) || Fill(model.Graph, weights, slice.Tensor) is not { } fill || !Zero(tensor, slice, fill))
                return null;
        }
        return model.ToByteArray();
    }

    private static Dictionary<string, TensorProto> Constants(GraphProto graph)
    {
        Dictionary<string, TensorProto> found = graph.Initializer.ToDictionary(t => t.Name);
        foreach (NodeProto node in graph.Node.Where(n => n.OpType == "Constant"))
        {
            if (node.Attribute.FirstOrDefault(a => a.Name == "value") is { } value)
                found[node.Output[0]] = value.T;
        }
        return found;
    }

    /// <summary>What means zero: the zero point of quantised weights.</summary>
    private static int? Fill(GraphProto graph, Dictionary<string, TensorProto> weights, string name)
    {
        NodeProto? reader = graph.Node.FirstOrDefault(n => n.OpType == "DequantizeLinear" && n.Input[0] == name);
        if (reader is null || reader.Input.Count < 3 || reader.Input[2].Length == 0)
            return 0;
        if (!weights.TryGetValue(reader.Input[2], out TensorProto? point))
            return null;
        int[] points = point.RawData.Length > 0 ? [.. point.RawData.Select(b => (int)(sbyte)b)] : [.. point.Int32Data];
        return points.Distinct().Count() == 1 ? points[0] : null;
    }

    private static bool Zero(TensorProto tensor, PlanSlice slice, int fill)
    {
        long inner = 1, outer = 1;
        for (int i = 0; i < tensor.Dims.Count; i++)
            (inner, outer) = i > slice.Axis ? (inner * tensor.Dims[i], outer) : i < slice.Axis ? (inner, outer * tensor.Dims[i]) : (inner, outer);
        long size = tensor.Dims[slice.Axis], count = inner * outer * size;
        if (tensor.DataLocation == TensorProto.Types.DataLocation.External)
            return false;
        byte[] raw = tensor.RawData.ToByteArray();
        if (raw.Length > 0 && raw.Length % count != 0)
            return false;
        int width = raw.Length > 0 ? (int)(raw.Length / count) : 0;
        for (long o = 0; o < outer; o++)
        {
            foreach (int position in slice.Removed)
            {
                for (long i = 0; i < inner; i++)
                {
                    int at = (int)((((o * size) + position) * inner) + i);
                    if (width > 0)
                        Put(raw.AsSpan(at * width, width), fill);
                    else if (!Put(tensor, at, fill))
                        return false;
                }
            }
        }
        if (width > 0)
            tensor.RawData = ByteString.CopyFrom(raw);
        return true;
    }

    private static void Put(Span<byte> number, int fill)
    {
        number.Clear();
        if (number.Length == 1)
            number[0] = (byte)fill;
        else if (number.Length == 4 && fill != 0)
            BinaryPrimitives.WriteInt32LittleEndian(number, fill);
    }

    private static bool Put(TensorProto tensor, int at, int fill)
    {
        if (tensor.FloatData.Count > at)
            tensor.FloatData[at] = 0;
        else if (tensor.DoubleData.Count > at)
            tensor.DoubleData[at] = 0;
        else if (tensor.Int32Data.Count > at)
            tensor.Int32Data[at] = fill;
        else
            return false;
        return true;
    }
}
