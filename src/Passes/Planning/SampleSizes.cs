using System.Globalization;
using SiDT.Frontend;
using SiDT.Frontend.Schema;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Planning;

/// <summary>
/// Numbers for the sizes that a model leaves open, so that work can be counted: what the caller says of a symbol, else
/// 1 for a batch (axis 0 of an input, or a name that says so), 3 for channels and 224 for the sides of a picture
/// (an input of four axes, or a name that says height or width), and 128 for everything else (tokens).
/// </summary>
internal sealed class SampleSizes
{
    private const long Batch = 1, Channels = 3, Side = 224, Other = 128;

    private readonly Dictionary<string, long> _values = new(StringComparer.Ordinal);

    public SampleSizes(Graph graph, IReadOnlyDictionary<string, long>? given)
    {
        foreach (Value input in graph.Inputs)
        {
            if (input.Info?.Type?.TensorType?.Shape is not { } shape)
                continue;
            for (int i = 0; i < shape.Dim.Count; i++)
            {
                TensorShapeProto.Types.Dimension dim = shape.Dim[i];
                if (dim.HasDimValue && dim.DimValue >= 0)
                    continue;
                string name = dim.HasDimParam && dim.DimParam.Length > 0 ? dim.DimParam : $"{input.Name}.{i}";
                _values.TryAdd(Dim.Symbol(name).Key, Usual(name, i, shape));
            }
        }
        foreach ((string name, long value) in given ?? new Dictionary<string, long>())
            _values[Dim.Symbol(name).Key] = value;
    }

    /// <summary>The size as a number.</summary>
    public long Of(Dim dim) => dim.IsConstant ? dim.Value : Sum(dim.Key);

    private static long Usual(string name, int axis, TensorShapeProto shape)
    {
        string word = name.ToLowerInvariant();
        if (axis == 0 || word.Contains("batch", StringComparison.Ordinal))
            return Batch;
        if (word.Contains("height", StringComparison.Ordinal) || word.Contains("width", StringComparison.Ordinal))
            return Side;
        if (shape.Dim.Count != 4)
            return Other;
        bool channelsLast = shape.Dim[3].DimValue is 1 or 3 or 4;
        return axis == (channelsLast ? 3 : 1) ? Channels : Side;
    }

    // a canonical polynomial: terms joined by '+', factors by '*'; see Dim.Key
    private long Sum(string text) => text.Split('+').Sum(term => term.Split('*').Aggregate(1L, (product, factor) => product * Factor(factor)));

    private long Factor(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
            return number;
        if (_values.TryGetValue(text, out long known))
            return known;
        return Rounded(text, "floor((") ?? Rounded(text, "ceil((") ?? Other;
    }

    // floor((a)/(b)): a symbol named by its formula, in which '×' and '±' stand for '*' and '+'
    private long? Rounded(string text, string opening)
    {
        if (!text.StartsWith(opening, StringComparison.Ordinal) || !text.EndsWith("))", StringComparison.Ordinal))
            return null;
        int depth = 1, middle = opening.Length;
        for (; middle < text.Length && depth > 0; middle++)
            depth += text[middle] == '(' ? 1 : text[middle] == ')' ? -1 : 0;
        if (middle + 2 >= text.Length || text[middle] != '/')
            return null;
        double above = Sum(Plain(text[opening.Length..(middle - 1)])), below = Sum(Plain(text[(middle + 2)..^2]));
        return below == 0 ? null : (long)(opening[0] == 'f' ? Math.Floor(above / below) : Math.Ceiling(above / below));
    }

    // only the outermost formula is opened: what is rounded inside stays a symbol
    private static string Plain(string text)
    {
        char[] result = text.ToCharArray();
        int depth = 0;
        for (int i = 0; i < result.Length; i++)
        {
            depth += result[i] == '(' ? 1 : result[i] == ')' ? -1 : 0;
            if (depth == 0)
                result[i] = result[i] switch { '×' => '*', '±' => '+', char c => c };
        }
        return new string(result);
    }
}
