using System.Globalization;
using System.Text.Json;

namespace SiDT.Runtime;

/// <summary>
/// Reads <see cref="Preprocessing"/> from a preset's name, a JSON file or the metadata of a model. The JSON has our own names
/// (<c>resize</c>, <c>crop</c>, <c>mean</c>, <c>std</c>, <c>scale</c>, <c>interpolation</c>, <c>layout</c>, <c>channels</c>),
/// those of timm (<c>input_size</c>, <c>crop_pct</c>) or those of a Hugging Face <c>preprocessor_config.json</c>.
/// </summary>
public static class PreprocessingReader
{
    /// <summary>The metadata key of our own.</summary>
    public const string MetadataKey = "sidt.preprocess";

    private static readonly string[] MetadataKeys =
        [MetadataKey, "preprocess", "preprocessing", "preprocessor_config", "preprocessor_config.json", "pretrained_cfg", "default_cfg"];

    private static readonly string[] Fields =
        ["resize", "crop", "mean", "std", "scale", "interpolation", "layout", "channels", "crop_fraction"];

    /// <summary>What <c>--preprocess</c> names: <c>imagenet</c>, <c>half</c>, <c>none</c> or a JSON file.</summary>
    /// <exception cref="DataError">There is no such preset or file, or the file is not understood.</exception>
    public static Preprocessing Read(string nameOrPath)
    {
        switch (nameOrPath)
        {
            case "imagenet":
                return Preprocessing.ImageNet;
            case "half":
                return Preprocessing.Half;
            case "none":
                return Preprocessing.None;
        }
        if (!File.Exists(nameOrPath))
            throw new DataError($"'{nameOrPath}' is neither a preprocessing (imagenet, half, none) nor a JSON file");
        return Parse(File.ReadAllText(nameOrPath), $"'{nameOrPath}'");
    }

    /// <summary>What the model's metadata say: JSON under a known key, or single <c>sidt.*</c> keys; null if they say nothing.</summary>
    /// <exception cref="DataError">They say something that is not understood.</exception>
    public static Preprocessing? FromMetadata(IReadOnlyDictionary<string, string> metadata)
    {
        foreach (string key in MetadataKeys)
        {
            if (metadata.TryGetValue(key, out string? text) && text.AsSpan().TrimStart().StartsWith("{"))
                return Parse(text, $"the model's metadata '{key}'");
        }
        string[] single = [.. Fields.Where(f => metadata.ContainsKey("sidt." + f))];
        if (single.Length == 0)
            return null;
        IEnumerable<string> members = single.Select(f => $"\"{f}\":{AsJson(metadata["sidt." + f])}");
        return Parse("{" + string.Join(',', members) + "}", "the model's metadata 'sidt.*'");
    }

    /// <summary>Reads JSON; <paramref name="origin"/> names it in errors.</summary>
    /// <exception cref="DataError">It is not understood.</exception>
    public static Preprocessing Parse(string json, string origin)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            return Parse(document.RootElement) with { Origin = origin };
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or OverflowException)
        {
            throw new DataError($"the preprocessing in {origin} is not understood: {RuntimeError.OneLine(failure.Message)}", failure);
        }
    }

    private static Preprocessing Parse(JsonElement root)
    {
        var result = new Preprocessing();
        JsonElement? size = Member(root, "crop", "crop_size", "input_size", "test_input_size");
        if (Switch(root, "do_center_crop") == false || size is null)
            size = Member(root, "input_size");
        if (size is { } crop && Size(crop) is var (height, width, _))
            result = result with { Crop = (height, width) };
        if (Switch(root, "do_resize") != false && Member(root, "resize", "size") is { } resize)
        {
            var (first, second, aspect) = Size(resize, shortSide: true);
            result = result with { Resize = new ResizeTo(first, second, aspect) };
        }
        if (Member(root, "crop_pct", "crop_fraction") is { } fraction)
            result = result with { CropFraction = Positive(fraction.GetDouble(), "crop_fraction") };
        if (Switch(root, "do_normalize") != false)
        {
            result = result with
            {
                Mean = Member(root, "mean", "image_mean") is { } mean ? Numbers(mean) : result.Mean,
                Std = Member(root, "std", "image_std") is { } std ? [.. Numbers(std).Select(s => (float)Positive(s, "std"))] : result.Std,
            };
        }
        if (Switch(root, "do_rescale") == false)
            result = result with { Scale = 1 };
        else if (Member(root, "scale", "rescale_factor") is { } scale)
            result = result with { Scale = Positive(scale.GetDouble(), "scale") };
        if (Member(root, "interpolation", "resample") is { } interpolation)
            result = result with { Interpolation = InterpolationOf(interpolation) };
        if (Member(root, "layout") is { } layout)
            result = result with { Layout = Choice<PictureLayout>(layout, "layout") };
        if (Member(root, "channels") is { } channels)
            result = result with { Channels = Choice<ChannelOrder>(channels, "channels") };
        return result;
    }

    /// <summary>A size in any of its spellings: 224, [224, 224], [3, 224, 224], {"height", "width"}, {"shortest_edge"}.</summary>
    private static (int Height, int Width, bool KeepAspect) Size(JsonElement element, bool shortSide = false)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Number:
                int side = Pixels(element);
                return (side, side, shortSide);
            case JsonValueKind.Array:
                JsonElement[] items = [.. element.EnumerateArray()];
                return items.Length switch
                {
                    1 => (Pixels(items[0]), Pixels(items[0]), shortSide),
                    2 or 3 => (Pixels(items[^2]), Pixels(items[^1]), false),
                    _ => throw new FormatException("a size has one or two numbers"),
                };
            case JsonValueKind.Object when Member(element, "shortest_edge") is { } shortest:
                return (Pixels(shortest), Pixels(shortest), shortSide);
            case JsonValueKind.Object when Member(element, "height") is { } height && Member(element, "width") is { } width:
                return (Pixels(height), Pixels(width), false);
            default:
                throw new FormatException($"{element.GetRawText()} is not a size");
        }
    }

    private static Interpolation InterpolationOf(JsonElement element)
    {
        string name = element.ValueKind == JsonValueKind.Number
            ? element.GetInt32() switch { 0 => "nearest", 2 => "bilinear", 3 => "bicubic", _ => element.GetRawText() } // numbers of PIL
            : element.GetString() ?? "";
        return name.ToLowerInvariant() switch
        {
            "bicubic" or "cubic" => Interpolation.Bicubic,
            "bilinear" or "linear" => Interpolation.Bilinear,
            "nearest" => Interpolation.Nearest,
            _ => throw new FormatException($"interpolation '{name}' is not one of bicubic, bilinear, nearest"),
        };
    }

    private static T Choice<T>(JsonElement element, string what)
        where T : struct, Enum =>
        Enum.TryParse(element.GetString(), ignoreCase: true, out T choice)
            ? choice
            : throw new FormatException($"{what} '{element.GetString()}' is not one of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}");

    private static float[] Numbers(JsonElement element) =>
        element.ValueKind == JsonValueKind.Number ? [element.GetSingle()] : [.. element.EnumerateArray().Select(e => e.GetSingle())];

    private static int Pixels(JsonElement element) =>
        element.GetInt32() is var pixels and > 0 ? pixels : throw new FormatException($"{element.GetRawText()} is not a number of pixels");

    private static double Positive(double value, string what) =>
        value > 0 ? value : throw new FormatException($"{what} must be greater than 0");

    private static bool? Switch(JsonElement root, string name) =>
        Member(root, name) is { ValueKind: JsonValueKind.True or JsonValueKind.False } value ? value.GetBoolean() : null;

    private static JsonElement? Member(JsonElement root, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (root.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null)
                return value;
        }
        return null;
    }

    /// <summary>Metadata values are text: numbers and lists are JSON already (a list may lack its brackets), words need quotes.</summary>
    private static string AsJson(string text)
    {
        text = text.Trim();
        if (text.StartsWith('[') || text.StartsWith('{') || double.TryParse(text, CultureInfo.InvariantCulture, out _))
            return text;
        return text.Contains(',') ? $"[{text}]" : JsonSerializer.Serialize(text);
    }
}
