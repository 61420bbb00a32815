using SiDT.Frontend;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Analysis;

/// <summary>One factor of an axis: axes are ordered products of factors, row-major.</summary>
public sealed class Factor(Dim size)
{
    public Dim Size { get; } = size;

    public override string ToString() => Size.Key;
}

/// <summary>
/// Labels over the positions of some factors, row-major in the order of <see cref="Over"/>.
/// A label below zero marks a position that always stays.
/// </summary>
public sealed class LabelArray(IReadOnlyList<Factor> over, int[] labels)
{
    public IReadOnlyList<Factor> Over { get; } = over;

    public int[] Labels { get; } = labels;

    public int[] Sizes => [.. Over.Select(f => (int)f.Size.Value)];

    public bool SameFactors(IReadOnlyCollection<Factor> others) => others.Count == Over.Count && Over.All(others.Contains);

    /// <summary>The same labels with the factors in another order.</summary>
    public LabelArray Reordered(IReadOnlyList<Factor> order)
    {
        if (order.SequenceEqual(Over))
            return this;
        int[] sizes = Sizes;
        int[] from = [.. order.Select(f => IndexOf(f))];
        var strides = new int[sizes.Length];
        for (int i = sizes.Length - 1, s = 1; i >= 0; s *= sizes[i--])
            strides[i] = s;
        int[] newSizes = [.. from.Select(i => sizes[i])];
        int[] newStrides = [.. from.Select(i => strides[i])];
        var result = new int[Labels.Length];
        var at = new int[newSizes.Length];
        for (int k = 0, source = 0; k < result.Length; k++)
        {
            result[k] = Labels[source];
            for (int d = newSizes.Length - 1; d >= 0; d--)
            {
                source += newStrides[d];
                if (++at[d] < newSizes[d])
                    break;
                source -= newStrides[d] * newSizes[d];
                at[d] = 0;
            }
        }
        return new LabelArray(order, result);
    }

    /// <summary>Factors replaced one for several of the same product, data unchanged.</summary>
    public LabelArray Split(IReadOnlyDictionary<Factor, IReadOnlyList<Factor>> parts) =>
        Over.Any(parts.ContainsKey) ? new LabelArray([.. Over.SelectMany(f => parts.TryGetValue(f, out var list) ? list : [f])], Labels) : this;

    private int IndexOf(Factor factor)
    {
        for (int i = 0; i < Over.Count; i++)
        {
            if (Over[i] == factor)
                return i;
        }
        throw new InvalidOperationException("the factor is not one of the array's");
    }
}

/// <summary>What is known of a value: how its axes factor, which labels lie over the factors, and small contents.</summary>
public sealed class Layout(IReadOnlyList<IReadOnlyList<Factor>> axes, IReadOnlyList<LabelArray> arrays)
{
    public IReadOnlyList<IReadOnlyList<Factor>> Axes { get; } = axes;

    public IReadOnlyList<LabelArray> Arrays { get; } = arrays;

    public ElementType Type { get; init; } = ElementType.Float32;

    /// <summary>Numbers where they are few and known.</summary>
    public Content? Content { get; init; }

    /// <summary>Made from constants alone.</summary>
    public bool IsConstant { get; init; }

    /// <summary>The node whose arithmetic this value is a point-wise or positional variant of (tells a residual addition from x*cos + y*sin).</summary>
    public object? Origin { get; init; }

    /// <summary>Not even the number of axes is known.</summary>
    public bool IsUnknown { get; init; }

    /// <summary>Where its labels are silenced (weights zero) it may still not be zero: a function with f(0) other than 0 lies before it.</summary>
    public bool IsShifted { get; init; }

    public int Rank => Axes.Count;

    public Dim[] Shape => _shape ??= [.. Axes.Select(a => Dim.Product(a.Select(f => f.Size)))];

    private Dim[]? _shape;

    public IEnumerable<LabelArray> ArraysOver(Factor factor) => Arrays.Where(a => a.Over.Contains(factor));

    /// <summary>Unlabelled axes of these sizes.</summary>
    public static Layout Plain(IEnumerable<Dim> shape, ElementType type, object? origin = null) =>
        new([.. shape.Select(d => (IReadOnlyList<Factor>)(d.Is(1) ? [] : [new Factor(d)]))], []) { Type = type, Origin = origin };

    public Layout With(ElementType type, Content? content) =>
        new(Axes, Arrays) { Type = type, Content = content, IsConstant = IsConstant, IsShifted = IsShifted, Origin = Origin };
}
