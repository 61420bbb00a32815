using SiDT.Frontend;
using SiDT.Runtime;

namespace SiDT.Passes.Planning;

/// <summary>A size of a kernel that depends on what is left.</summary>
/// <param name="Factor">What never changes.</param>
/// <param name="Axes">Numbers of the axes whose lengths it is multiplied by.</param>
public readonly record struct KernelSize(long Factor, int[] Axes)
{
    internal long At(ReadOnlySpan<int> lengths)
    {
        long product = Factor;
        foreach (int axis in Axes)
            product *= lengths[axis];
        return product;
    }
}

/// <summary>A node of a graph as a kernel, whatever is cut.</summary>
/// <param name="Operator">One of <see cref="KernelKinds.All"/>.</param>
/// <param name="Type">Type of its elements.</param>
/// <param name="Sizes">As <see cref="KernelKinds.Sizes"/> names them.</param>
/// <param name="Whole">The kernel of the graph as it is.</param>
public sealed record KernelShape(string Operator, ElementType Type, IReadOnlyList<KernelSize> Sizes, Kernel Whole)
{
    internal Kernel At(ReadOnlySpan<int> lengths)
    {
        var sizes = new long[Sizes.Count];
        for (int i = 0; i < sizes.Length; i++)
            sizes[i] = Sizes[i].At(lengths);
        return new Kernel(Operator, Type, sizes);
    }

    /// <summary>Two nodes with the same key take the same time after any cut.</summary>
    internal string Key => $"{Operator} {Type} {string.Join(';', Sizes.Select(s => $"{s.Factor}:{string.Join(',', s.Axes)}"))}";
}
