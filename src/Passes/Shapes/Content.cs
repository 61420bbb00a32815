using SiDT.Frontend;

namespace SiDT.Passes.Shapes;

/// <summary>
/// What is known of the numbers of a small tensor before anything runs: sizes as polynomials, floats as numbers, null where unknown.
/// Shape arithmetic is executed on these.
/// </summary>
public sealed class Content(ElementType type, int[] dims, Content.Item?[] items)
{
    /// <summary>Tensors with more elements are not followed.</summary>
    public const int Limit = 256;

    /// <summary>One element: a size (integers, and floats that are whole sizes) or a number.</summary>
    public readonly record struct Item(Dim? Size, double Number)
    {
        public bool IsNumber => Size is null || Size.IsConstant;

        public double AsNumber => Size is null ? Number : Size.Value;

        public static Item Of(Dim size) => new(size, 0);

        public static Item Of(double number) => number == Math.Floor(number) && Math.Abs(number) < 1e15 ? new(Dim.Of((long)number), 0) : new(null, number);
    }

    public ElementType Type { get; } = type;

    public int[] Dims { get; } = dims;

    public Item?[] Items { get; } = items;

    public bool IsKnown => Items.All(i => i is { IsNumber: true });

    /// <summary>The elements as sizes; null where unknown or not whole.</summary>
    public Dim?[] Sizes => [.. Items.Select(i => i?.Size)];

    /// <summary>The elements as integers; null if one of them is not known.</summary>
    public long[]? Integers => Items.All(i => i is { Size.IsConstant: true }) ? [.. Items.Select(i => i!.Value.Size!.Value)] : null;

    public static Content? Of(Tensor tensor)
    {
        if (tensor.Rank > 1 && tensor.Count > 16 || tensor.Count > Limit || tensor.Type is ElementType.String)
            return null;
        int[] dims = [.. tensor.Dims.Select(d => (int)d)];
        if (tensor.Type.IsFloating())
            return new Content(tensor.Type, dims, [.. Floats(tensor).Select(x => (Item?)Item.Of(x))]);
        if (tensor.Type.Bits() is 0 or > 64 || tensor.Type is ElementType.Float8E4M3FN or ElementType.Float8E4M3FNUZ or ElementType.Float8E5M2 or ElementType.Float8E5M2FNUZ or ElementType.Float8E8M0 or ElementType.Float4E2M1 or ElementType.Complex64)
            return null;
        return new Content(tensor.Type, dims, [.. tensor.ToInt64s().Select(x => (Item?)Item.Of(Dim.Of(x)))]);
    }

    public static Content OfSizes(params Dim[] sizes) => new(ElementType.Int64, [sizes.Length], [.. sizes.Select(s => (Item?)Item.Of(s))]);

    public static Content Scalar(ElementType type, Item? item) => new(type, [], [item]);

    /// <summary>The numbers as a tensor; only when all are known.</summary>
    public Tensor ToTensor()
    {
        long[] dims = [.. Dims.Select(d => (long)d)];
        if (Type == ElementType.Float64)
            return Tensor.Of<double>(Type, Items.Select(i => i!.Value.AsNumber).ToArray(), dims);
        return Type.IsFloating()
            ? Tensor.FromFloats(Type, Items.Select(i => (float)i!.Value.AsNumber).ToArray(), dims)
            : Tensor.FromInt64s(Type, Items.Select(i => (long)i!.Value.AsNumber).ToArray(), dims);
    }

    private static IEnumerable<double> Floats(Tensor tensor)
    {
        if (tensor.Type == ElementType.Float64)
            return System.Runtime.InteropServices.MemoryMarshal.Cast<byte, double>(tensor.Bytes).ToArray();
        return tensor.ToFloats().Select(x => (double)x);
    }
}
