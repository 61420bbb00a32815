using System.Globalization;
using SiDT.Frontend;

namespace SiDT.Backend.Hook.Expressions;

/// <summary>A constant as code: number by number where it is short, else as blocks of equal numbers.</summary>
internal static class StatedTensor
{
    private const int Short = 1024;
    private const int MaxBlocks = 64;

    /// <summary>The expression; null where it would be too long.</summary>
    public static string? Of(Tensor tensor)
    {
        if (tensor.Type is ElementType.String)
            return null;
        string dims = string.Join(", ", tensor.Dims);
        if (tensor.Count == 0)
            return $"zeros(new long[] {{ {dims} }})";
        string shape = tensor.Rank == 0 ? "new long[0]" : dims;
        if (tensor.Rank > 0 && tensor.Count > 16 && Blocks(tensor) is { } blocks)
            return tensor.Rank == 2 ? blocks : $"{blocks}.reshape({shape})";
        if (tensor.Count > Short)
            return null;
        string typed = tensor.Type == ElementType.Bool ? ".to_type(ScalarType.Bool)" : "";
        string numbers = tensor.Type.IsFloating() ? $"new[] {{ {string.Join(", ", tensor.ToFloats().Select(Single))} }}" : $"new long[] {{ {string.Join(", ", tensor.ToInt64s())} }}";
        return $"tensor({numbers}){typed}.reshape({shape})";
    }

    // rows that are equal, and in them runs of one number
    private static string? Blocks(Tensor tensor)
    {
        int columns = (int)tensor.Dims[^1], rows = (int)(tensor.Count / columns);
        double[] numbers = tensor.Type.IsFloating() ? [.. tensor.ToFloats().Select(f => (double)f)] : [.. tensor.ToInt64s().Select(i => (double)i)];
        string type = Translation.TypeText(tensor.Type == ElementType.Bool ? ElementType.Int64 : tensor.Type);
        string end = tensor.Type == ElementType.Bool ? ".to_type(ScalarType.Bool)" : "";
        var bands = new List<string>();
        int blocks = 0;
        for (int row = 0, next; row < rows; row = next)
        {
            ReadOnlySpan<double> first = numbers.AsSpan(row * columns, columns);
            for (next = row + 1; next < rows && first.SequenceEqual(numbers.AsSpan(next * columns, columns));)
                next++;
            var runs = new List<string>();
            for (int at = 0, to; at < columns; at = to)
            {
                for (to = at + 1; to < columns && first[to].Equals(first[at]);)
                    to++;
                runs.Add(string.Create(CultureInfo.InvariantCulture, $"full(new long[] {{ {next - row}, {to - at} }}, {NumberText.Of(first[at])}, {type})"));
            }
            blocks += runs.Count;
            if (blocks > MaxBlocks)
                return null;
            bands.Add(runs.Count == 1 ? runs[0] : $"cat(new[] {{ {string.Join(", ", runs)} }}, 1)");
        }
        return (bands.Count == 1 ? bands[0] : $"cat(new[] {{ {string.Join(", ", bands)} }}, 0)") + end;
    }

    private static string Single(float number) =>
        float.IsFinite(number) ? number.ToString("R", CultureInfo.InvariantCulture) + "f" : float.IsNaN(number) ? "float.NaN" : number > 0 ? "float.PositiveInfinity" : "float.NegativeInfinity";
}
