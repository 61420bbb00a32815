using SiDT.Frontend;
using SiDT.Frontend.Schema;
using SiDT.Frontend.Writing;

namespace SiDT.Runtime;

/// <summary>
/// Preprocessing as an ONNX model. Inputs: <c>pixels</c> uint8 pictures of one size; <c>size</c> int64 [2], height and width
/// after resizing; <c>start</c> and <c>end</c> int64 [2], the corners of the crop. Output: <c>prepared</c>.
/// </summary>
public static class PictureGraph
{
    /// <summary>A model that decodes one JPEG or PNG file: <c>bytes</c> uint8 [n] to <c>pixels</c> uint8 [height, width, 3], blue first.</summary>
    public static byte[] Decoder()
    {
        Model model = New();
        model.Import("com.microsoft.extensions", 1);
        Value bytes = Input(model.Graph, "bytes", ElementType.UInt8, "n");
        Value pixels = model.Graph.Add("DecodeImage", "com.microsoft.extensions", "decode", [bytes]).Result;
        return Finish(model, pixels, "pixels", ElementType.UInt8);
    }

    /// <summary>A model that writes a file: <c>pixels</c> uint8 [height, width, 3], blue first, to <c>bytes</c> uint8 [n].</summary>
    /// <param name="format"><c>jpg</c> or <c>png</c>.</param>
    internal static byte[] Encoder(string format)
    {
        Model model = New();
        model.Import("com.microsoft.extensions", 1);
        Value pixels = Input(model.Graph, "pixels", ElementType.UInt8, "h", "w", 3);
        Value bytes = model.Graph.Add("EncodeImage", "com.microsoft.extensions", "encode", [pixels]).Set("format", format).Result;
        return Finish(model, bytes, "bytes", ElementType.UInt8);
    }

    /// <summary>A model that prepares what <see cref="Decoder"/> returns, as [1, height, width, 3].</summary>
    /// <param name="input">What the model reads.</param>
    /// <param name="preprocessing">How to make that of pixels.</param>
    public static byte[] OfFiles(PictureInput input, Preprocessing preprocessing) => Transform(input, preprocessing, PixelSource.Decoded);

    /// <param name="input">What the model reads.</param>
    /// <param name="preprocessing">How to make that of pixels.</param>
    /// <param name="source">How <c>pixels</c> lie.</param>
    internal static byte[] Transform(PictureInput input, Preprocessing preprocessing, PixelSource source)
    {
        Model model = New();
        Graph graph = model.Graph;
        object[] dims = source.Layout == PictureLayout.Nchw ? ["n", source.Channels, "h", "w"] : ["n", "h", "w", source.Channels];
        Value x = Input(graph, "pixels", ElementType.UInt8, dims);
        Value size = Input(graph, "size", ElementType.Int64, 2);
        Value start = Input(graph, "start", ElementType.Int64, 2);
        Value end = Input(graph, "end", ElementType.Int64, 2);

        if (source.Layout == PictureLayout.Nhwc)
            x = Transpose(x, 0, 3, 1, 2);
        x = Channels(x, input.Channels, preprocessing.Channels, source);
        x = Resize(x, size, preprocessing.Interpolation);
        x = graph.Op("Slice", "crop", x, start, end, graph.NewInitializer("pixel_axes", Tensor.Vector(2, 3)));
        if (input.Port.ElementType != ElementType.UInt8) // a model that reads bytes normalises by itself
            x = Normalize(x, preprocessing, input.Port.ElementType);
        if (input.Layout == PictureLayout.Nhwc)
            x = Transpose(x, 0, 2, 3, 1);
        return Finish(model, x, "prepared", input.Port.ElementType);
    }

    /// <summary>The channels that the model wants, still as bytes, before resizing as PIL does it.</summary>
    private static Value Channels(Value x, int wanted, ChannelOrder order, PixelSource source)
    {
        Graph graph = x.Graph;
        if (wanted == 3)
        {
            long[] picked = source.Channels == 1 ? [0, 0, 0] : source.Order == order ? [0, 1, 2] : [2, 1, 0];
            return picked is [0, 1, 2]
                ? x
                : graph.Add("Gather", "", "channels", [x, graph.NewInitializer("picked", Tensor.Vector(picked))]).Set("axis", 1).Result;
        }
        if (source.Channels == 1)
            return x;
        int[] luma = [19595, 38470, 7471]; // ITU-R 601 in 16 bits, the numbers of PIL
        if (source.Order == ChannelOrder.Bgr)
            Array.Reverse(luma);
        Value weights = graph.NewInitializer("luma", Tensor.Of<int>(ElementType.Int32, luma, 1, 3, 1, 1));
        Value weighted = graph.Op("Mul", "weighted", Cast(x, ElementType.Int32), weights);
        Value sum = graph.Op("ReduceSum", "grey", weighted, graph.NewInitializer("channel_axis", Tensor.Vector(1)));
        Value half = graph.NewInitializer("half", Tensor.Of<int>(ElementType.Int32, [0x8000]));
        Value one = graph.NewInitializer("one", Tensor.Of<int>(ElementType.Int32, [0x10000]));
        return Cast(graph.Op("Div", "rounded", graph.Op("Add", "shifted", sum, half), one), ElementType.UInt8);
    }

    private static Value Resize(Value x, Value size, Interpolation interpolation)
    {
        Graph graph = x.Graph;
        Value outer = graph.Add("Shape", "", "outer", [x]).Set("start", 0).Set("end", 2).Result;
        Value sizes = graph.Add("Concat", "", "sizes", [outer, size]).Set("axis", 0).Result;
        Node resize = graph.Add("Resize", "", "resize", [x, null, null, sizes]).Set("coordinate_transformation_mode", "half_pixel");
        switch (interpolation)
        {
            case Interpolation.Nearest:
                resize.Set("mode", "nearest").Set("nearest_mode", "round_prefer_ceil");
                break;
            case Interpolation.Bilinear:
                resize.Set("mode", "linear").Set("antialias", 1).Set("exclude_outside", 1);
                break;
            default:
                resize.Set("mode", "cubic").Set("cubic_coeff_a", -0.5f).Set("antialias", 1).Set("exclude_outside", 1);
                break;
        }
        return resize.Result;
    }

    private static Value Normalize(Value x, Preprocessing preprocessing, ElementType type)
    {
        Graph graph = x.Graph;
        x = graph.Op("Mul", "scaled", Cast(x, ElementType.Float32), graph.NewInitializer("scale", Tensor.Scalar((float)preprocessing.Scale)));
        x = graph.Op("Sub", "centred", x, PerChannel("mean", preprocessing.Mean));
        x = graph.Op("Div", "normalized", x, PerChannel("std", preprocessing.Std));
        return type == ElementType.Float32 ? x : Cast(x, type);

        Value PerChannel(string name, IReadOnlyList<float> numbers) =>
            graph.NewInitializer(name, Tensor.Of(numbers.ToArray().AsSpan(), 1, numbers.Count, 1, 1));
    }

    private static Value Transpose(Value x, params long[] order) => x.Graph.Add("Transpose", "", $"order_{string.Join('_', order)}", [x]).Set("perm", order).Result;

    private static Value Cast(Value x, ElementType type) => x.Graph.Add("Cast", "", $"to_{type}", [x]).Set("to", (long)type).Result;

    private static Model New()
    {
        var model = new Model(new ModelProto { IrVersion = 8, Graph = new GraphProto { Name = "pictures" } });
        model.Import("", 18);
        return model;
    }

    private static Value Input(Graph graph, string name, ElementType type, params object[] dims)
    {
        Value value = graph.NewValue(name);
        value.Info = Info(type, dims);
        graph.Inputs.Add(value);
        return value;
    }

    private static byte[] Finish(Model model, Value result, string name, ElementType type)
    {
        Value output = model.Graph.NewValue(name);
        model.Graph.AddWithOutputs("Identity", "", "result", [result], [output]);
        output.Info = Info(type, null);
        model.Graph.Outputs.Add(output);
        return ModelWriter.ToBytes(model);
    }

    private static ValueInfoProto Info(ElementType type, object[]? dims)
    {
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)type };
        if (dims is not null)
        {
            tensor.Shape = new TensorShapeProto();
            foreach (object dim in dims)
            {
                tensor.Shape.Dim.Add(dim is string name
                    ? new TensorShapeProto.Types.Dimension { DimParam = name }
                    : new TensorShapeProto.Types.Dimension { DimValue = (int)dim });
            }
        }
        return new ValueInfoProto { Type = new TypeProto { TensorType = tensor } };
    }
}
