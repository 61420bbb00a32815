using System.Globalization;
using SiDT.Frontend;
using SiDT.Runtime;

namespace SiDT.Backend.Hook;

/// <summary>How a project makes inputs of pictures: with the graphs that sidtc itself uses, and its rules for sizes.</summary>
/// <param name="Words">What stands for words of the templates.</param>
/// <param name="Graphs">The graphs by name; none where the model reads no pictures.</param>
internal sealed record HookPictures(IReadOnlyList<(string Word, string Text)> Words, IReadOnlyDictionary<string, byte[]> Graphs)
{
    public bool IsRead => Graphs.Count > 0;

    /// <exception cref="DataError">Model and preprocessing contradict each other.</exception>
    public static HookPictures Of(Model model, Preprocessing? given)
    {
        Port[] ports = [.. model.Graph.Inputs.Where(i => i.Initializer is null).Select(Port)];
        Preprocessing? said = given ?? PreprocessingReader.FromMetadata(model.Source.MetadataProps.GroupBy(p => p.Key).ToDictionary(g => g.Key, g => g.Last().Value));
        if (ports.Length == 0 || PictureInput.Find(ports) is not { } port || port != ports[0] || port.Dims.Any(d => d == 0))
            return new HookPictures([.. General(said ?? new Preprocessing(), 1, null, null, false), ("pictures", ""), ("is-picture", "false"), ("assumed", "")], new Dictionary<string, byte[]>());
        Preprocessing preprocessing = said ?? Preprocessing.Assumed(PictureInput.ChannelsOf(port));
        var input = PictureInput.Of(port, preprocessing);
        bool last = input.Layout == PictureLayout.Nhwc;
        long? rows = port.Dims[last ? 1 : 2], columns = port.Dims[last ? 2 : 3];
        return new HookPictures(
            [
                .. General(preprocessing, input.Channels, rows, columns, last),
                ("height", Text(input.Height)),
                ("width", Text(input.Width)),
                ("resize", Resize(preprocessing)),
                ("pictures", "_files is not null ? new() { [s_inputs[0]] = Pictures.Read(samples.Select(s => _files[s])) } : "),
                ("is-picture", "true"),
                ("assumed", preprocessing.IsAssumed ? " The model does not say how; what most classifiers are trained with is assumed, and `sidtc hook --preprocess` says otherwise." : ""),
            ],
            new Dictionary<string, byte[]> { ["decode.onnx"] = PictureGraph.Decoder(), ["prepare.onnx"] = PictureGraph.OfFiles(input, preprocessing) });
    }

    private static (string Word, string Text)[] General(Preprocessing preprocessing, int channels, long? rows, long? columns, bool last) =>
    [
        ("scale", preprocessing.Scale.ToString("R", CultureInfo.InvariantCulture) is var text && text.Contains('.', StringComparison.Ordinal) ? text : text + ".0"),
        ("mean", Numbers(preprocessing.Mean)),
        ("std", Numbers(preprocessing.Std)),
        ("channels", Text(channels)),
        ("channels-last", last ? "true" : "false"),
        ("fixed-height", Text(rows ?? 0)),
        ("fixed-width", Text(columns ?? 0)),
    ];

    private static string Resize(Preprocessing preprocessing)
    {
        const string ByShortSide = "return height < width ? ({0}, Side({0}, width, height)) : (Side({0}, height, width), {0});";
        const string ByCrop = "bool byHeight = (long)height * Width <= (long)width * Height;\n        int side = (int)((byHeight ? Height : Width) / {0});\n        return byHeight ? (side, Side(side, width, height)) : (Side(side, height, width), side);";
        return preprocessing.Resize switch
        {
            { KeepAspect: false } exact => $"return ({Text(exact.Height)}, {Text(exact.Width)});",
            { } shortSide => string.Format(CultureInfo.InvariantCulture, ByShortSide, shortSide.Height),
            _ => string.Format(CultureInfo.InvariantCulture, ByCrop, preprocessing.CropFraction.ToString("R", CultureInfo.InvariantCulture) is var text && text.Contains('.', StringComparison.Ordinal) ? text : text + ".0"),
        };
    }

    private static Port Port(Value input)
    {
        var dims = input.Info?.Type?.TensorType?.Shape?.Dim.ToArray() ?? [];
        return new Port(input.Name, (ElementType)(input.Info?.Type?.TensorType?.ElemType ?? 0), [.. dims.Select(d => d.DimValue > 0 ? (long?)d.DimValue : null)], [.. dims.Select(d => d.DimParam.Length > 0 ? d.DimParam : null)]);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Numbers(IReadOnlyList<float> numbers) => string.Join(", ", numbers.Select(n => n.ToString("R", CultureInfo.InvariantCulture) + "f"));
}
