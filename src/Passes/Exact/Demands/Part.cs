using SiDT.Passes.Shapes;

namespace SiDT.Passes.Exact.Demands;

/// <summary>
/// The part of a value that is asked for: an axis read as (outer, size, inner), and positions of the middle factor, ascending.
/// Tokens are an axis of their own, or the inner factor of (batch, tokens) where a matrix product wants two axes.
/// </summary>
internal sealed record Part(int Axis, Dim Size, Dim Inner, int[] Positions)
{
    /// <summary>All of it.</summary>
    public static readonly Part Whole = new(-1, Dim.One, Dim.One, []);

    public static Part Of(int axis, Dim size, IEnumerable<int> positions) => new(axis, size, Dim.One, [.. positions.Distinct().Order()]);

    public bool IsWhole => Axis < 0;

    public bool SamePlace(Part other) => Axis == other.Axis && Size.Equals(other.Size) && Inner.Equals(other.Inner);

    /// <summary>Few enough that computing them alone is worth a selection.</summary>
    public bool IsWorthwhile => Size.IsConstant ? 2 * Positions.Length <= Size.Value : Positions.Length <= MostOfOpenSize;

    private const int MostOfOpenSize = 16;

    public Part At(int axis) => this with { Axis = axis };

    /// <summary>How often the factor is repeated outside of it; null if the axis does not hold it.</summary>
    public Dim? Outer(Dim axisSize) => axisSize.DivideExactly(Size * Inner);

    /// <summary>The shape with nothing else left of the axis.</summary>
    public Dim[] Cut(Dim[] shape)
    {
        Dim[] cut = [.. shape];
        if (!IsWhole)
            cut[Axis] = Outer(shape[Axis])! * Dim.Of(Positions.Length) * Inner;
        return cut;
    }

    /// <summary>What serves both.</summary>
    public static Part? Join(Part? a, Part? b)
    {
        if (a is null || b is null)
            return a ?? b;
        if (a.IsWhole || b.IsWhole || !a.SamePlace(b))
            return Whole;
        return a with { Positions = [.. a.Positions.Union(b.Positions).Order()] };
    }

    /// <summary>Places of these positions among those of <paramref name="made"/>.</summary>
    public int[] Within(Part made) => [.. Positions.Select(p => Array.BinarySearch(made.Positions, p))];
}
