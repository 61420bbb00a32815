using SiDT.Passes.Analysis;

namespace SiDT.Passes.Planning;

/// <summary>Labels over some factors, spread over the positions of more factors.</summary>
internal static class LabelSpread
{
    /// <summary>For every combination of positions of <paramref name="order"/>, row-major, the class of the label that lies there.</summary>
    /// <param name="array">Its factors are among <paramref name="order"/>.</param>
    /// <param name="find">The class of a label; below zero for one that is of no interest.</param>
    public static int[] Over(LabelArray array, Factor[] order, Func<int, int> find)
    {
        int[] sizes = [.. order.Select(f => (int)f.Size.Value)];
        var strides = new int[order.Length];
        int[] own = array.Sizes;
        for (int i = array.Over.Count - 1, s = 1; i >= 0; s *= own[i--])
            strides[Array.IndexOf(order, array.Over[i])] = s;
        var result = new int[sizes.Aggregate(1, (a, b) => a * b)];
        var at = new int[order.Length];
        for (int k = 0, source = 0; k < result.Length; k++)
        {
            result[k] = find(array.Labels[source]);
            for (int d = order.Length - 1; d >= 0; d--)
            {
                source += strides[d];
                if (++at[d] < sizes[d])
                    break;
                source -= strides[d] * sizes[d];
                at[d] = 0;
            }
        }
        return result;
    }
}
